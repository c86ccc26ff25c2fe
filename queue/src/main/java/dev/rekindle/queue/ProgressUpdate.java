package dev.rekindle.queue;

import com.google.protobuf.ByteString;

/**
 * Progress of a running job as it is published.
 *
 * @param leaseId of the run it is of; two runs may have one number, where the first did not count
 * @param sequence rises within a run
 */
public record ProgressUpdate(String id, int attempt, String leaseId, long sequence, ByteString progress) {}
