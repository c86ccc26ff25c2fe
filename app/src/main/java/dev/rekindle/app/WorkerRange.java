package dev.rekindle.app;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many worker processes there may be. */
record WorkerRange(int min, int max) {
    private static final int WORKERS_MAX = 64;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,3})(?:-(\\d{1,3}))?");

    /** {@code 2} or {@code 1-4}. */
    static WorkerRange parse(String text) {
        Matcher matcher = RANGE.matcher(text);
        if (matcher.matches()) {
            int min = Integer.parseInt(matcher.group(1));
            int max = matcher.group(2) == null ? min : Integer.parseInt(matcher.group(2));
            if (min >= 1 && min <= max && max <= WORKERS_MAX) {
                return new WorkerRange(min, max);
            }
        }
        throw new CannotStart(
                "--workers is \"" + text + "\"; expected a number from 1 to " + WORKERS_MAX + ", or two as in 1-4.");
    }

    static WorkerRange of(int workers) {
        return new WorkerRange(workers, workers);
    }

    boolean isFixed() {
        return min == max;
    }
}
