package dev.rekindle.queue;

/** How an attempt ended, for the counts of its lane. */
public enum Ending {
    COMPLETED,
    FAILED,
    CANCELLED
}
