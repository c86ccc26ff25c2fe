package dev.rekindle.queue;

import dev.rekindle.platform.config.Durations;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How the queue works. Processes that share a queue share these settings.
 *
 * @param namespace put before the keys, so that several queues live in one Redis; empty for one
 * @param shards parts of which each lies in one slot of a cluster and has its share of the caps of lanes
 * @param lanes in the order in which they are served, each with the numbers it begins with
 * @param kinds what workers may be able to do, and how long such work is expected to run
 * @param headStarts how long each priority is ahead of a low one
 * @param leases how long workers hold jobs
 * @param claims how jobs are chosen
 * @param sizes what one call may carry
 * @param results how long results are kept for readers
 * @param workers when a silent worker is given up
 * @param poll how long a waiting call relies on being woken before it looks by itself
 * @param unsafeRedis what to do about a Redis that may lose data
 */
public record QueueConfig(
        String namespace,
        int shards,
        List<Lane> lanes,
        Map<String, ExpectedRun> kinds,
        HeadStarts headStarts,
        Leases leases,
        Claims claims,
        Sizes sizes,
        ResultsLimits results,
        WorkerLimits workers,
        Duration poll,
        UnsafeRedis unsafeRedis) {

    /** So many shards there may be at most. */
    static final int SHARDS_MAX = 16;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_-]{0,64}");
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final LaneLimits FOREVER = new LaneLimits(4, 10, Duration.ofMinutes(2), 5, 100_000);
    private static final LaneLimits PAID = new LaneLimits(8, 10, Duration.ofMinutes(3), 3, 100_000);
    private static final LaneLimits FREE = new LaneLimits(2, 10, Duration.ofMinutes(5), 3, 100_000);

    private static final ExpectedRun AI_RUN = new ExpectedRun(Duration.ofSeconds(2), Duration.ofSeconds(20));
    private static final ExpectedRun IMAGE_RUN = new ExpectedRun(Duration.ofMillis(200), Duration.ofSeconds(2));
    private static final ExpectedRun VIDEO_RUN = new ExpectedRun(Duration.ofSeconds(5), Duration.ofMinutes(5));
    private static final ExpectedRun ANY_RUN = new ExpectedRun(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** A lane and the numbers it begins with; an operator's changes live in Redis and stay. */
    public record Lane(String name, LaneLimits limits) {}

    /** What a run takes in about nine of ten cases, before any has been seen. */
    public record ExpectedRun(Duration low, Duration high) {}

    /**
     * Head starts of the priorities over LOW, and of retries.
     *
     * @param retry work this far ahead, and whatever has waited as long, goes before the order of the lanes
     */
    public record HeadStarts(Duration normal, Duration high, Duration urgent, Duration retry) {

        /** The head start of a priority of the contract: 1, 5, 10 or 20. */
        Duration of(int priority) {
            return switch (priority) {
                case 1 -> Duration.ZERO;
                case 5 -> normal;
                case 10 -> high;
                case 20 -> urgent;
                default ->
                    throw Failure.invalid(
                            "priority", "is " + priority + "; expected 1 (low), 5 (normal), 10 (high) or 20 (urgent)");
            };
        }
    }

    /**
     * Times of leases.
     *
     * @param time a lease not renewed for so long is lost
     * @param grace a lease is not renewed beyond the attempt's timeout and this: a worker that hangs loses its job
     */
    public record Leases(Duration time, Duration grace) {}

    /**
     * How jobs are chosen.
     *
     * @param lowerLaneEvery every so many claims, a lane below the first with work is served; 0 never
     * @param lookAheadMax jobs of a lane passed over in one claim because the worker lacks memory for them
     */
    public record Claims(int lowerLaneEvery, int lookAheadMax) {}

    /**
     * What one call may carry.
     *
     * @param batchMax items handled in one step of Redis; longer lists are cut
     */
    public record Sizes(int batchMax, int payloadBytesMax, int reportBytesMax, int progressBytesMax) {}

    /**
     * How results are kept.
     *
     * @param backlogMax nothing is claimed while more results than this are unread
     * @param redeliverAfter an unacknowledged result goes to another consumer after this
     * @param gather a waiting consumer reads no more often than this, so that many results come in one batch
     */
    public record ResultsLimits(int backlogMax, Duration redeliverAfter, Duration gather) {}

    /** When a silent worker is shown as failed, and when it is forgotten. */
    public record WorkerLimits(Duration failedAfter, Duration forgottenAfter) {}

    /** What to do about a Redis that may drop keys or keeps nothing on disk. */
    public enum UnsafeRedis {
        REFUSE,
        WARN
    }

    /** From the settings under {@code queue}. */
    public static QueueConfig from(Settings settings) {
        Settings queue = settings.under("queue");
        int shards = queue.number("shards", 1, 1, SHARDS_MAX);
        return new QueueConfig(
                namespace(queue),
                shards,
                lanes(queue, new Sharing(shards)),
                kinds(queue),
                headStarts(queue.under("head_start")),
                new Leases(
                        queue.duration("lease", Duration.ofSeconds(15), Duration.ofMillis(100), Duration.ofHours(1)),
                        queue.duration("lease_grace", Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(1))),
                new Claims(
                        queue.number("lower_lane_every", 10, 0, 1_000_000),
                        queue.number("look_ahead_max", 32, 1, 1000)),
                sizes(queue),
                new ResultsLimits(
                        queue.number("results_backlog_max", 1_000_000, 1, 100_000_000),
                        queue.duration("results_redeliver_after", Duration.ofSeconds(20), MILLI, DAY),
                        queue.duration("results_gather", Duration.ofMillis(5), Duration.ZERO, Duration.ofSeconds(1))),
                new WorkerLimits(
                        queue.duration("worker_failed_after", Duration.ofSeconds(15), MILLI, DAY),
                        queue.duration("worker_forgotten_after", Duration.ofMinutes(5), MILLI, DAY)),
                queue.duration("poll", Duration.ofSeconds(1), MILLI, Duration.ofMinutes(1)),
                queue.choice("unsafe_redis", UnsafeRedis.REFUSE));
    }

    /** How long work of a kind is expected to run; of a kind nobody configured, anything from a moment to a minute. */
    ExpectedRun expectedRun(String kind) {
        return kinds.getOrDefault(kind, ANY_RUN);
    }

    private static Map<String, ExpectedRun> kinds(Settings queue) {
        Map<String, ExpectedRun> kinds = new LinkedHashMap<>();
        for (String name : names(queue, "kinds", List.of("ai", "image", "video"))) {
            ExpectedRun otherwise = switch (name) {
                case "ai" -> AI_RUN;
                case "image" -> IMAGE_RUN;
                case "video" -> VIDEO_RUN;
                case String other -> ANY_RUN;
            };
            Settings run = queue.under("expected_run").under(name);
            Duration low = run.duration("low", otherwise.low(), MILLI, DAY);
            Duration high = run.duration("high", otherwise.high(), MILLI, DAY);
            if (low.compareTo(high) > 0) {
                run.problem(
                        "low",
                        "is " + Durations.show(low) + "; expected no more than high, which is " + Durations.show(high)
                                + ".");
            }
            kinds.put(name, new ExpectedRun(low, high));
        }
        return Collections.unmodifiableMap(kinds);
    }

    private static HeadStarts headStarts(Settings settings) {
        return new HeadStarts(
                settings.duration("normal", Duration.ofMinutes(1), Duration.ZERO, Duration.ofDays(30)),
                settings.duration("high", Duration.ofMinutes(15), Duration.ZERO, Duration.ofDays(30)),
                settings.duration("urgent", DAY, Duration.ZERO, Duration.ofDays(30)),
                settings.duration("retry", DAY, Duration.ZERO, Duration.ofDays(30)));
    }

    private static Sizes sizes(Settings queue) {
        return new Sizes(
                queue.number("batch_max", 256, 1, 500),
                queue.number("payload_bytes_max", 1 << 20, 1, 16 << 20),
                queue.number("report_bytes_max", 1 << 20, 1, 16 << 20),
                queue.number("progress_bytes_max", 1 << 14, 1, 1 << 20));
    }

    private static String namespace(Settings queue) {
        String namespace = queue.text("namespace", "");
        if (!NAMESPACE.matcher(namespace).matches()) {
            queue.problem("namespace", "is \"" + namespace + "\"; expected at most 64 letters, digits, _ and -.");
        }
        return namespace;
    }

    private static List<Lane> lanes(Settings queue, Sharing sharing) {
        List<Lane> lanes = new ArrayList<>();
        for (String name : names(queue, "lanes", List.of("forever_tier", "paid_priority", "free_tier"))) {
            LaneLimits otherwise = switch (name) {
                case "forever_tier" -> FOREVER;
                case "paid_priority" -> PAID;
                case String other -> FREE;
            };
            Settings lane = queue.under("lane").under(name);
            lanes.add(new Lane(
                    name,
                    new LaneLimits(
                            cap(lane, "active_max", otherwise.activeMax(), 10_000, sharing),
                            cap(lane, "claims_per_second_max", otherwise.claimsPerSecondMax(), 100_000, sharing),
                            lane.duration("attempt_timeout", otherwise.attemptTimeout(), Duration.ofSeconds(1), DAY),
                            lane.number("attempts_max", otherwise.attemptsMax(), 1, 100),
                            shared(
                                    lane,
                                    "waiting_max",
                                    lane.number("waiting_max", otherwise.waitingMax(), 1, 10_000_000),
                                    sharing))));
        }
        return List.copyOf(lanes);
    }

    private static int cap(Settings lane, String key, int otherwise, int max, Sharing sharing) {
        return shared(lane, key, lane.number(key, otherwise, 0, max), sharing);
    }

    private static int shared(Settings lane, String key, int cap, Sharing sharing) {
        if (!sharing.fits(cap)) {
            lane.problem(key, "is " + cap + "; " + sharing.expected() + ".");
        }
        return cap;
    }

    private static List<String> names(Settings queue, String key, List<String> otherwise) {
        List<String> names = queue.list(key, otherwise);
        if (names.isEmpty() || names.size() > 16 || names.stream().distinct().count() < names.size()) {
            queue.problem(key, "is " + names + "; expected 1 to 16 different names.");
        }
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                queue.problem(key, "has \"" + name + "\"; expected a small letter, then small letters, digits or _.");
            }
        }
        return names;
    }
}
