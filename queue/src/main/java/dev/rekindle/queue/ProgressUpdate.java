package dev.rekindle.queue;

import com.google.protobuf.ByteString;

/** Progress of a running job as it is published. */
public record ProgressUpdate(String id, int attempt, long sequence, ByteString progress) {}
