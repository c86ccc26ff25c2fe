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
 * One consumer's view of what happened to the jobs of one shard, in order. For one thread.
 *
 * <p>A group takes results by moving its cursor over the stream, a batch at a time, and owes each batch until all of it is
 * acknowledged. (Consumer groups of Redis keep books of single entries instead, at several times the cost.)
 */
final class ShardResults {
    private static final Logger log = LoggerFactory.getLogger(ShardResults.class);
    private static final Duration LOOK_FOR_LEFT_EVERY_MAX = Duration.ofSeconds(10);
    private static final int BATCHES_OWED_MAX = 1000;
    private static final String START = "0-0";

    private final Scripts scripts;
    private final String group;
    private final String consumer;
    private final Duration redeliverAfter;
    private final Map<String, Batch> owed = new HashMap<>();
    private final Map<String, Batch> batchOfEntry = new HashMap<>();
    private String cursor = START;
    private boolean ownLeft = true;
    private long lookForLeftAt = System.nanoTime();

    ShardResults(Scripts scripts, String group, String consumer) {
        this.scripts = scripts;
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

    /** The next results there are, at most so many; more where some come again. */
    List<ResultEntry> look(int max) {
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

    void ack(ResultEntry entry) {
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

    /** Writes which entries of a batch are still owed, once for all acknowledged since the last reading. */
    void writePartly() {
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
