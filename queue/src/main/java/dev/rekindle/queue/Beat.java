package dev.rekindle.queue;

import com.google.protobuf.ByteString;

/**
 * A sign of life for one lease, with how far the job has come.
 *
 * @param sequence rises with every progress of an attempt; older progress than the last is dropped
 * @param progress empty: nothing new
 */
public record Beat(Claim claim, long sequence, ByteString progress) {

    /** What a worker hears in return. */
    public enum Answer {
        /** The lease goes on. */
        KEPT,
        /** The lease goes on and the job shall stop; the worker finishes it as cancelled. */
        CANCEL_REQUESTED,
        /** The lease is gone: stop, nothing of this attempt counts any more. */
        LOST
    }

    /** A sign of life without progress. */
    public static Beat of(Claim claim) {
        return new Beat(claim, 0, ByteString.EMPTY);
    }
}
