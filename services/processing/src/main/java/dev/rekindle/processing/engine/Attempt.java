package dev.rekindle.processing.engine;

import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What an engine works for: one attempt at one job.
 *
 * @param reference the key below which only this attempt stores anything; job, attempt and lease are in it
 * @param files a file of that name in the attempt's folder, which is deleted with the attempt
 * @param spent hears what the work cost, in millionths of a US dollar, also of work that fails or is stopped
 */
public record Attempt(String reference, Function<String, Path> files, LongConsumer spent) {}
