package dev.rekindle.processing.pipeline;

import java.util.function.DoubleConsumer;

/** Where work tells how far it has come: fractions from 0 to 1. A lower one than before is not passed on. */
public final class Progress {
    private final DoubleConsumer listener;
    private double told = -1;

    private Progress(DoubleConsumer listener) {
        this.listener = listener;
    }

    public static Progress to(DoubleConsumer listener) {
        return new Progress(listener);
    }

    /** Progress nobody listens to. */
    public static Progress unheard() {
        return new Progress(_ -> {});
    }

    /** Tells the fraction done. */
    public void at(double fraction) {
        double bounded = Math.clamp(fraction, 0.0, 1.0);
        if (bounded > told) {
            told = bounded;
            listener.accept(bounded);
        }
    }

    /** The progress of what is still to do, from where this stands to its end. */
    public Progress rest() {
        return part(Math.max(0, told), 1);
    }

    /** The progress of a piece of this work that lies between two fractions of it. */
    public Progress part(double from, double to) {
        return new Progress(fraction -> at(from + (to - from) * fraction));
    }
}
