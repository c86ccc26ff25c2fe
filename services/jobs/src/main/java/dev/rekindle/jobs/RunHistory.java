package dev.rekindle.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long work of one type took lately, and what one may expect from that: stretches that nine of ten runs fall into. As
 * the newest runs count only, they follow the load there is.
 */
record RunHistory(List<Series> series) {
    /** So many runs say by themselves between which two nine of ten lie. */
    static final int ENOUGH = 20;

    private static final long USUAL_PIXELS = 12_000_000;
    /** A picture more than so many times doubled or halved says nothing of this one. */
    private static final int DOUBLINGS_MAX = 4;

    /**
     * Run times of one engine with pictures of about one size.
     *
     * @param stage "" for whole runs, else these are times from the beginning of that stage to the end
     */
    record Series(String engine, int sizeBucket, String stage, List<Long> millis, Instant updated) {}

    /** Pictures of about one size: each bucket has twice the pixels of the one before. 0 pixels stand for the usual size. */
    static int bucketOf(long pixels) {
        return Long.SIZE - Long.numberOfLeadingZeros(pixels > 0 ? pixels : USUAL_PIXELS);
    }

    /** How long a whole run will likely take; the prior, where nothing like it has run. */
    Stretch run(long pixels, Stretch prior) {
        return near("", pixels).map(near -> near.stretch(prior)).orElse(prior);
    }

    /**
     * How long it will likely take from now to the end of the run.
     *
     * @param stage that runs now; "" asks by the whole run
     * @param spent how long the stage, or the whole run, has run already
     * @return empty where nothing like it has run
     */
    Optional<Stretch> rest(long pixels, String stage, Duration spent) {
        return near(stage, pixels).map(near -> near.rest(spent.toMillis()));
    }

    /** A series of a size near to the one asked for, and how much bigger what is asked for is. */
    private record Near(List<Long> millis, double times) {

        /** A bigger picture takes no less, and no more than in proportion; a smaller one the other way round. */
        Stretch stretch(Stretch prior) {
            List<Long> known = new ArrayList<>(millis);
            if (known.size() < ENOUGH) {
                known.add(prior.low().toMillis());
                known.add(prior.high().toMillis());
            }
            return scaled(nineOfTen(known));
        }

        /** Of the runs that lasted longer than this one has, how much longer. */
        Stretch rest(long spent) {
            long longest = millis.stream().mapToLong(Long::longValue).max().orElse(0);
            List<Long> left = new ArrayList<>(millis.stream()
                    .filter(all -> all > spent)
                    .map(all -> all - spent)
                    .toList());
            if (left.isEmpty()) {
                return Stretch.ofMillis(0, spent);
            }
            if (left.size() < ENOUGH) {
                left.add(0L);
                left.add(2 * longest - spent);
            }
            return scaled(nineOfTen(left));
        }

        private Stretch scaled(Stretch stretch) {
            long low = Math.round(stretch.low().toMillis() * Math.min(1, times));
            long high = Math.round(stretch.high().toMillis() * Math.max(1, times));
            return Stretch.ofMillis(low, high);
        }
    }

    /** Of n known values, a new one lies between the i-th and the j-th in (j - i) of (n + 1) cases. */
    private static Stretch nineOfTen(List<Long> known) {
        List<Long> sorted = known.stream().sorted().toList();
        int n = sorted.size();
        int low = Math.max(1, (int) Math.floor(0.05 * (n + 1)));
        int high = Math.min(n, (int) Math.ceil(0.95 * (n + 1)));
        return Stretch.ofMillis(sorted.get(low - 1), sorted.get(high - 1));
    }

    private Optional<Near> near(String stage, long pixels) {
        int bucket = bucketOf(pixels);
        String engine = newestEngine();
        return series.stream()
                .filter(one -> one.engine().equals(engine) && one.stage().equals(stage))
                .filter(one -> Math.abs(one.sizeBucket() - bucket) <= DOUBLINGS_MAX)
                .min(Comparator.comparingInt(one -> Math.abs(one.sizeBucket() - bucket)))
                .map(one -> new Near(one.millis(), Math.pow(2, bucket - one.sizeBucket())));
    }

    /** The engine that ran last is the one that will most likely run next. */
    private @Nullable String newestEngine() {
        return series.stream()
                .max(Comparator.comparing(Series::updated))
                .map(Series::engine)
                .orElse(null);
    }
}
