package dev.rekindle.processing.video;

import dev.rekindle.common.v1.MediaMetadata;
import java.nio.file.Path;

/**
 * A file made of a video.
 *
 * @param name of the output, unique within its job
 * @param metadata without size and checksum
 * @param report for the owner, in words; empty where there is nothing to say
 */
public record Product(String name, Path file, String contentType, MediaMetadata metadata, String report) {}
