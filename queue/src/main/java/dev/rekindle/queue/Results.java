package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One consumer's view of what happened to jobs, in order. The consumers of a group share the results among them. Each
 * comes at least once: those not acknowledged come again, to the same consumer after a restart and to any other after a
 * minute. For one thread.
 */
public final class Results {
    private static final Duration LOOK_FOR_LEFT_EVERY_MAX = Duration.ofSeconds(10);

    private final Scripts scripts;
    private final Wakes wakes;
    private final String group;
    private final String consumer;
    private final Duration redeliverAfter;
    private @Nullable String ownAfter = "0-0";
    private long lookForLeftAt = System.nanoTime();

    Results(Scripts scripts, Wakes wakes, String group, String consumer) {
        this.scripts = scripts;
        this.wakes = wakes;
        this.group = group;
        this.consumer = consumer;
        this.redeliverAfter = scripts.config().results().redeliverAfter();
    }

    /**
     * The next results, oldest first; waits for the first of them, no longer than given, and then answers an empty list.
     *
     * @param max from 1
     */
    public List<ResultEntry> read(int max, Duration wait) throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        if (wait.isPositive()) {
            wakes.listen();
        }
        while (true) {
            long seen = wakes.results().count();
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            List<ResultEntry> entries = look(max, left.isPositive());
            if (!entries.isEmpty() || !left.isPositive()) {
                return entries;
            }
            Duration pause = Stream.of(left, scripts.config().poll())
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            wakes.results().await(seen, pause);
        }
    }

    private List<ResultEntry> look(int max, boolean waits) {
        String after = ownAfter;
        if (after != null) {
            List<ResultEntry> own = ask(max, "own", after, false);
            ownAfter = own.isEmpty() ? null : own.getLast().streamId();
            if (!own.isEmpty()) {
                return own;
            }
        }
        if (System.nanoTime() - lookForLeftAt >= 0) {
            List<ResultEntry> left = ask(max, "left", redeliverAfter.toMillis(), false);
            if (!left.isEmpty()) {
                return left;
            }
            Duration every = Stream.of(redeliverAfter, LOOK_FOR_LEFT_EVERY_MAX)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            lookForLeftAt = System.nanoTime() + every.toNanos();
        }
        return ask(max, "new", "", waits);
    }

    private List<ResultEntry> ask(int max, String from, Object after, boolean waits) {
        Reply reply = scripts.runOk("read_results", List.of(group, consumer, max, from, after, waits ? 1 : 0));
        List<ResultEntry> entries = new ArrayList<>();
        while (reply.more()) {
            String streamId = reply.text();
            entries.add(entry(streamId, reply.list()));
        }
        return entries;
    }

    private static ResultEntry entry(String streamId, Reply reply) {
        Map<String, ByteString> fields = new HashMap<>();
        while (reply.more()) {
            fields.put(reply.text(), reply.bytes());
        }
        var type = ResultEntry.Type.valueOf(text(fields, "t"));
        String extra = text(fields, "x");
        return new ResultEntry(
                streamId,
                type,
                text(fields, "i"),
                Integer.parseInt(text(fields, "a")),
                text(fields, "l"),
                text(fields, "w"),
                Instant.ofEpochMilli(Long.parseLong(text(fields, "m"))),
                type == ResultEntry.Type.FINISHED ? Ending.valueOf(extra) : null,
                type == ResultEntry.Type.LOST ? Integer.parseInt(extra) : 0,
                fields.getOrDefault("p", ByteString.EMPTY));
    }

    private static String text(Map<String, ByteString> fields, String name) {
        return fields.getOrDefault(name, ByteString.EMPTY).toStringUtf8();
    }

    /** Acknowledges results, after their effects are stored: the group does not see them again. */
    public void ack(List<ResultEntry> entries) {
        for (List<ResultEntry> batch : scripts.batches(entries, entry -> 0)) {
            List<Object> arguments = new ArrayList<>();
            arguments.add(group);
            batch.forEach(entry -> arguments.add(entry.streamId()));
            scripts.runOk("ack_results", arguments);
        }
    }
}
