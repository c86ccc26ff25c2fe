package dev.rekindle.queue;

import com.google.protobuf.ByteString;

/** The end of an attempt: its lease, how it ended, and the worker's report. */
public record Finish(Claim claim, Ending ending, ByteString report) {}
