package dev.rekindle.queue;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer's view of what happened to jobs, in order. The consumers of a group share the results among them. Each
 * comes at least once: those not acknowledged come again, to the same consumer after a restart and to any after some
 * seconds. For one thread.
 *
 * <p>A group takes results by moving its cursor over the stream, a batch at a time, and owes each batch until all of it is
 * acknowledged. (Consumer groups of Redis keep books of single entries instead, at several times the cost.)
 */
public final class Results {
    private static final Logger log = LoggerFactory.getLogger(Results.class);
    private static final Duration LOOK_FOR_LEFT_EVERY_MAX = Duration.ofSeconds(10);
    private static final int READ_MAX = 1000;
    private static final int BATCHES_OWED_MAX = 1000;
    private static final String START = "0-0";

    private final Scripts scripts;
    private final Wakes wakes;
    private final String group;
    private final String consumer;
    private final Duration redeliverAfter;
    private final Map<String, Batch> owed = new HashMap<>();
    private final Map<String, Batch> batchOfEntry = new HashMap<>();
    private String cursor = START;
    private boolean ownLeft = true;
    private boolean moreAtOnce;
    private long lookForLeftAt = System.nanoTime();
    private long readAt = System.nanoTime();

    Results(Scripts scripts, Wakes wakes, String group, String consumer) {
        this.scripts = scripts;
        this.wakes = wakes;
        this.group = group;
        this.consumer = consumer;
        this.redeliverAfter = scripts.config().results().redeliverAfter();
    }

    /** A stretch of the stream this consumer owes. Its last entry names it. */
    private static final class Batch {
        private final String last;
        private final Set<String> unacknowledged;
        private boolean changed;

        Batch(String last, Set<String> unacknowledged) {
            this.last = last;
            this.unacknowledged = unacknowledged;
        }
    }

    /**
     * The next results, oldest first; waits for the first of them, no longer than given, and then answers an empty list.
     *
     * @param max from 1; above 1000 counts as 1000. Results that come again may be more.
     */
    public List<ResultEntry> read(int max, Duration wait) throws InterruptedException {
        writePartly();
        long deadline = System.nanoTime() + wait.toNanos();
        if (wait.isPositive()) {
            wakes.listen();
        }
        if (!moreAtOnce && wait.isPositive()) {
            gather();
        }
        while (true) {
            long seen = wakes.results().count();
            List<ResultEntry> entries = look(Math.min(max, READ_MAX));
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!entries.isEmpty() || !left.isPositive()) {
                return entries;
            }
            // Those who append look for a mark this leaves; what was appended before it is found by looking again.
            announce();
            entries = look(Math.min(max, READ_MAX));
            if (!entries.isEmpty()) {
                return entries;
            }
            Duration pause = Stream.of(left, scripts.config().poll())
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            wakes.results().await(seen, pause);
            gather();
        }
    }

    /** Lets results gather that come fast: at most one reading in a few milliseconds, none delayed that comes alone. */
    private void gather() throws InterruptedException {
        Duration rest = scripts.config().results().gather().minusNanos(System.nanoTime() - readAt);
        if (rest.isPositive()) {
            new Wake().await(0, rest);
        }
    }

    private List<ResultEntry> look(int max) {
        if (ownLeft) {
            List<ResultEntry> own = retake("own", List.copyOf(owed.keySet()));
            if (!own.isEmpty()) {
                return own;
            }
            ownLeft = false;
        }
        if (System.nanoTime() - lookForLeftAt >= 0) {
            List<ResultEntry> left = retake("left", List.of());
            if (!left.isEmpty()) {
                return left;
            }
            Duration every = Stream.of(redeliverAfter, LOOK_FOR_LEFT_EVERY_MAX)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            lookForLeftAt = System.nanoTime() + every.toNanos();
        }
        return take(max);
    }

    /** Reads beyond the cursor and takes what it has read, again if another consumer was faster. */
    private List<ResultEntry> take(int max) {
        while (true) {
            Range<String> beyond = Range.from(Range.Boundary.excluding(cursor), Range.Boundary.unbounded());
            List<ResultEntry> entries = range(beyond, Limit.from(max));
            if (entries.isEmpty()) {
                return entries;
            }
            String first = entries.getFirst().streamId();
            String last = entries.getLast().streamId();
            Scripts.Answer answer = scripts.run(
                    "take_results",
                    List.of(group, consumer, redeliverAfter.toMillis(), BATCHES_OWED_MAX, cursor, first, last));
            switch (answer.status()) {
                case "OK" -> {
                    cursor = last;
                    moreAtOnce = entries.size() >= max;
                    readAt = System.nanoTime();
                    return owe(entries, last);
                }
                case "MOVED" -> cursor = answer.reply().text();
                default -> {
                    log.warn("{} batches of results are taken by {} and not acknowledged", BATCHES_OWED_MAX, group);
                    return List.of();
                }
            }
        }
    }

    /** Takes over a batch that was not acknowledged. */
    private List<ResultEntry> retake(String whose, List<String> except) {
        List<Object> arguments = new ArrayList<>(List.of(group, consumer, redeliverAfter.toMillis(), whose));
        arguments.addAll(except);
        Scripts.Answer answer = scripts.run("retake_results", arguments);
        if (answer.status().equals("NONE")) {
            return List.of();
        }
        Reply reply = answer.reply();
        String first = reply.text();
        String last = reply.text();
        Set<String> remaining = new HashSet<>();
        while (reply.more()) {
            remaining.add(reply.text());
        }
        List<ResultEntry> entries = range(Range.create(first, last), Limit.unlimited()).stream()
                .filter(entry -> remaining.isEmpty() || remaining.contains(entry.streamId()))
                .toList();
        if (entries.isEmpty()) {
            writeAcknowledged(last, Set.of());
        }
        return owe(entries, last);
    }

    private List<ResultEntry> owe(List<ResultEntry> entries, String last) {
        if (!entries.isEmpty()) {
            Batch batch = new Batch(last, new HashSet<>());
            for (ResultEntry entry : entries) {
                batch.unacknowledged.add(entry.streamId());
                batchOfEntry.put(entry.streamId(), batch);
            }
            owed.put(last, batch);
        }
        return entries;
    }

    private List<ResultEntry> range(Range<String> range, Limit limit) {
        List<ResultEntry> entries = new ArrayList<>();
        for (StreamMessage<String, byte[]> message :
                scripts.redis().call("XRANGE", redis -> redis.xrange(scripts.channel("results"), range, limit))) {
            byte[] body = message.getBody().get("r");
            if (body != null) {
                entries.add(ResultEntry.parse(message.getId(), body));
            }
        }
        return entries;
    }

    /**
     * Acknowledges results, after their effects are stored: the group does not see them again. If this process ends at once,
     * it may see some again all the same.
     */
    public void ack(List<ResultEntry> entries) {
        for (ResultEntry entry : entries) {
            Batch batch = batchOfEntry.remove(entry.streamId());
            if (batch != null) {
                batch.unacknowledged.remove(entry.streamId());
                batch.changed = true;
                if (batch.unacknowledged.isEmpty()) {
                    owed.remove(batch.last, batch);
                    writeAcknowledged(batch.last, Set.of());
                }
            }
        }
    }

    /** Writes which entries of a batch are still owed, once for all acknowledged since the last reading. */
    private void writePartly() {
        for (Batch batch : owed.values()) {
            if (batch.changed) {
                writeAcknowledged(batch.last, batch.unacknowledged);
                batch.changed = false;
            }
        }
    }

    private void writeAcknowledged(String last, Set<String> remaining) {
        List<Object> arguments = new ArrayList<>(List.of(group, last));
        arguments.addAll(remaining);
        scripts.runOk("ack_results", arguments);
    }

    /** Makes the group known and says that it waits. */
    void announce() {
        scripts.runOk("await_results", List.of(group));
    }
}
