package dev.rekindle.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * How long jobs will run that are worked off one after the other in some places at once: so many of each kind, and of each
 * kind the runs seen last, or what was expected of them.
 */
final class RunSum {
    /** The square of what is left of a run is spread over its length: a twelfth, and more because ends come together. */
    private static final double RUNNING_VARIANCE = 6;
    /** By how much of their mean runs come to last longer or shorter, for each doubling of the line beside the runs seen. */
    private static final double DRIFT = 0.065;
    /** So many standard deviations to each side hold about nine of ten. */
    private static final double DEVIATIONS = 1.5;

    private final List<Part> parts = new ArrayList<>();
    private double count;
    /** Jobs of kinds of which no run was seen, and how long they will run, one after the other, if they are short and if long. */
    private double unseen;

    private double unseenMillisLow;
    private double unseenMillisHigh;

    /**
     * Jobs of one kind.
     *
     * @param known runs they are reckoned from
     */
    private record Part(double jobs, double mean, double variance, int known) {
        static Part of(double jobs, List<Long> runMillis) {
            int known = runMillis.size();
            double mean =
                    runMillis.stream().mapToLong(Long::longValue).average().orElseThrow();
            double squares = runMillis.stream()
                    .mapToDouble(millis -> (millis - mean) * (millis - mean))
                    .sum();
            return new Part(jobs, mean, known > 1 ? squares / (known - 1) : mean * mean, known);
        }

        /** The variance of the sum of a share of them, the mean being known from a few runs only. */
        double variance(double share) {
            return share * jobs * variance * (1 + share * jobs / known);
        }

        /** By how much a share of them may come to last longer or shorter because the load changes meanwhile. */
        double drift(double share) {
            return DRIFT * Math.log(1 + share * jobs / known) / Math.log(2) * share * jobs * mean;
        }
    }

    /** Adds jobs of a kind. */
    RunSum add(double jobs, RunTimes times) {
        count += jobs;
        if (times.isUnseen()) {
            unseen += jobs;
            unseenMillisLow += jobs * times.expected().low().toMillis();
            unseenMillisHigh += jobs * times.expected().high().toMillis();
        } else {
            parts.add(Part.of(jobs, times.reckoned()));
        }
        return this;
    }

    double count() {
        return count;
    }

    /** Milliseconds until so many of them have run in so many places, if they are short. */
    long low(double ends, long places) {
        if (ends == 0) {
            return 0;
        }
        double share = ends / count;
        double seen = Math.max(0, sum(share) - 0.5 * mean() - spread(share, places));
        return Math.round((seen + share * unseenMillisLow) / places);
    }

    /** The same, if they are long. */
    long high(double ends, long places) {
        if (ends == 0) {
            return 0;
        }
        double share = ends / count;
        double rounds = Math.ceil(share * unseen / places);
        double round = unseen == 0 ? 0 : unseenMillisHigh / unseen;
        return Math.round((sum(share) + spread(share, places)) / places + rounds * round);
    }

    private double sum(double share) {
        return parts.stream().mapToDouble(part -> share * part.jobs * part.mean).sum();
    }

    private double mean() {
        return parts.isEmpty() ? 0 : sum(1) / (count - unseen);
    }

    /**
     * How far the sum of so many runs may be from its mean: because each run differs, because the mean is known from a few
     * runs only, because nobody knows how far those are that run now, and because the load changes meanwhile: the more, the
     * longer the line is beside the runs it is reckoned from.
     */
    private double spread(double share, long places) {
        double variance =
                parts.stream().mapToDouble(part -> part.variance(share)).sum();
        double running = Math.min(share * (count - unseen), (double) places) * mean() * mean() / RUNNING_VARIANCE;
        double drift = parts.stream().mapToDouble(part -> part.drift(share)).sum();
        return DEVIATIONS * Math.sqrt(variance + running + drift * drift);
    }
}
