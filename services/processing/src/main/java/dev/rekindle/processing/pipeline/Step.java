package dev.rekindle.processing.pipeline;

/**
 * One step of a pipeline. Steps hand on what they made through the work they share.
 *
 * @param <W> the work
 */
public interface Step<W> {
    /** What owners see: "mend_damage". Stable; events carry it. */
    String name();

    /** How long it takes, measured against the other steps of its pipeline. */
    double weight();

    /** Does the step. Checks {@code stop} between pieces no longer than half a second. */
    void run(W work, Progress progress, Stop stop);
}
