package dev.rekindle.processing.engine.runpod;

import java.util.Locale;

/** How far a job is on RunPod. */
enum RunPodState {
    IN_QUEUE,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    CANCELLED,
    TIMED_OUT,
    /** A state nobody told us of: not the end. */
    UNKNOWN;

    static RunPodState of(String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "IN_QUEUE" -> IN_QUEUE;
            case "IN_PROGRESS", "RUNNING" -> IN_PROGRESS;
            case "COMPLETED" -> COMPLETED;
            case "FAILED" -> FAILED;
            case "CANCELLED" -> CANCELLED;
            case "TIMED_OUT" -> TIMED_OUT;
            default -> UNKNOWN;
        };
    }
}
