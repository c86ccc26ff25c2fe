package dev.rekindle.processing.engine;

/** What counts from one value on, and from another in full. */
final class Ramp {
    private Ramp() {}

    /** From 0 at the first to 1 at the second, and no further. */
    static double of(double value, double from, double fully) {
        return Math.clamp((value - from) / (fully - from), 0, 1);
    }
}
