package dev.rekindle.jobs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt took.
 *
 * @param ran null where nobody measured it
 */
record Spent(long microUsd, @Nullable Duration ran) {
    static final Spent UNKNOWN = new Spent(0, null);
}
