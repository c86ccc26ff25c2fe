package dev.rekindle.queue;

import java.time.Duration;
import java.util.List;

/**
 * What work is heavy, and how long its retries are put off while the load is high.
 *
 * @param kinds that are heavy whatever they need
 * @param memoryBytes from which on a job is heavy
 * @param hold a retry is put off by so much at a time
 * @param holdMax so long past its own time a retry is put off at the most
 */
public record HeavyWork(List<String> kinds, long memoryBytes, Duration hold, Duration holdMax) {}
