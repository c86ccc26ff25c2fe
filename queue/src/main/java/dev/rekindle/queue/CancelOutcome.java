package dev.rekindle.queue;

/** What a cancellation found. */
public enum CancelOutcome {
    /** It was waiting or delayed and is gone. */
    REMOVED,
    /** A worker holds it and has been told. */
    SIGNALLED,
    /** The queue does not know it. */
    ABSENT
}
