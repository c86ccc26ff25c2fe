package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.DurationRange;
import java.time.Duration;

/** A length of time that is not known better than to lie between two. */
record Stretch(Duration low, Duration high) {

    static Stretch ofMillis(long low, long high) {
        return new Stretch(Duration.ofMillis(low), Duration.ofMillis(high));
    }

    /** Both, one after the other. */
    Stretch plus(Stretch next) {
        return new Stretch(low.plus(next.low), high.plus(next.high));
    }

    /** What is left of it when so much has passed. */
    Stretch minus(Duration passed) {
        return new Stretch(less(low, passed), less(high, passed));
    }

    private static Duration less(Duration whole, Duration passed) {
        return whole.compareTo(passed) > 0 ? whole.minus(passed) : Duration.ZERO;
    }

    DurationRange range() {
        return DurationRange.newBuilder()
                .setLow(Protos.duration(low))
                .setHigh(Protos.duration(high))
                .build();
    }

    static Stretch of(DurationRange range) {
        return new Stretch(Protos.duration(range.getLow()), Protos.duration(range.getHigh()));
    }
}
