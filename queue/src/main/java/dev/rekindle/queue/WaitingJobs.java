package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Putting jobs into the lanes of one shard and moving those that wait. */
final class WaitingJobs {
    private static final Logger log = LoggerFactory.getLogger(WaitingJobs.class);
    private static final Duration COME_BACK_AFTER = Duration.ofSeconds(30);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Duration TIMEOUT_MAX = Duration.ofDays(1);

    private final Scripts scripts;
    private final QueueConfig config;
    private final Combiner<List<Entry>, Scripts.Answer> newcomers;

    WaitingJobs(Scripts scripts) {
        this.scripts = scripts;
        this.config = scripts.config();
        this.newcomers = new Combiner<>(list -> scripts.batchShare(list, WaitingJobs::bytes), this::enqueueTogether);
    }

    /** Whether lanes may refuse jobs: see enqueue.lua. */
    private enum Admission {
        NEW,
        KNOWN,
        ASK,
        AGREED
    }

    /** New jobs, no more than a batch; all or none. Answers how many were added. */
    int enqueueNew(List<Entry> batch) {
        return added(newcomers.call(batch));
    }

    /** Fails as {@link #enqueueNew} would now. */
    void ask(List<Entry> batch) {
        accepted(send(batch, Admission.ASK));
    }

    /** New jobs, no more than a batch, of which it was asked before whether lanes take them. */
    int enqueueAgreed(List<Entry> batch) {
        return added(send(batch, Admission.AGREED));
    }

    /** Jobs that were accepted before. */
    int enqueueKnown(List<Entry> entries) {
        int added = 0;
        for (List<Entry> batch : batches(entries)) {
            added += added(send(batch, Admission.KNOWN));
        }
        return added;
    }

    List<List<Entry>> batches(List<Entry> entries) {
        return scripts.batches(entries, WaitingJobs::bytes);
    }

    private int added(Scripts.Answer answer) {
        Reply reply = accepted(answer);
        int added = 0;
        while (reply.more()) {
            added += reply.count();
        }
        return added;
    }

    /** Several callers' jobs by one script. It takes all or none: where it refuses, each caller's are tried alone. */
    private List<Scripts.Answer> enqueueTogether(List<List<Entry>> lists) {
        if (lists.size() > 1) {
            Scripts.Answer all = send(lists.stream().flatMap(List::stream).toList(), Admission.NEW);
            if (all.status().equals("OK")) {
                return lists.stream()
                        .map(list -> new Scripts.Answer("OK", all.reply().next(list.size())))
                        .toList();
            }
        }
        return lists.stream().map(list -> send(list, Admission.NEW)).toList();
    }

    private static int bytes(Entry entry) {
        return entry.payload().size();
    }

    private Scripts.Answer send(List<Entry> entries, Admission admission) {
        List<Object> arguments = new ArrayList<>(entries.size() * 10 + 1);
        arguments.add(admission.name().toLowerCase(Locale.ROOT));
        for (Entry entry : entries) {
            addArguments(arguments, entry);
            arguments.add(admission == Admission.ASK ? ByteString.EMPTY : entry.payload());
        }
        return scripts.run("enqueue", arguments);
    }

    /**
     * How many jobs wait in a lane or are delayed, and how many may.
     *
     * @throws Failure OVERLOADED if it is draining
     */
    Room room(String lane) {
        Reply reply = accepted(scripts.run("room", List.of(lane)));
        return new Room(lane, reply.number(), reply.number());
    }

    /** How full a lane is. */
    record Room(String lane, long waiting, long waitingMax) {

        Room plus(Room other) {
            return new Room(lane, waiting + other.waiting, waitingMax + other.waitingMax);
        }

        void require(int jobs) {
            if (waiting + jobs > waitingMax) {
                throw full(lane, waiting, waitingMax);
            }
        }
    }

    /** All of an entry but its payload, which comes last. */
    private void addArguments(List<Object> arguments, Entry entry) {
        Duration headStart = config.headStarts().of(entry.priority());
        if (entry.attemptsSoFar() > 0) {
            headStart = config.headStarts().retry();
        }
        Instant notBefore = entry.notBefore();
        arguments.add(entry.id());
        arguments.add(entry.lane());
        arguments.add(entry.kind());
        arguments.add(entry.priority());
        arguments.add(micros(headStart));
        arguments.add(entry.memoryBytes());
        arguments.add(entry.attemptsSoFar());
        arguments.add(entry.attemptTimeout().toMillis());
        arguments.add(notBefore == null ? 0 : notBefore.toEpochMilli());
    }

    /** @throws Failure INVALID_REQUEST, TOO_LARGE */
    void check(Entry entry) {
        if (!ID.matcher(entry.id()).matches()) {
            throw Failure.invalid("id", "is \"" + entry.id() + "\"; expected the text of a UUID");
        }
        if (!config.kinds().containsKey(entry.kind())) {
            throw Failure.invalid(
                    "kind",
                    "is \"" + entry.kind() + "\"; expected one of "
                            + String.join(", ", config.kinds().keySet()));
        }
        if (entry.memoryBytes() < 0 || entry.attemptsSoFar() < 0) {
            throw Failure.invalid(
                    "memory_bytes, attempts_so_far",
                    "are " + entry.memoryBytes() + ", " + entry.attemptsSoFar() + "; expected none below 0");
        }
        Duration timeout = entry.attemptTimeout();
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            throw Failure.invalid("attempt_timeout", "is " + timeout + "; expected 1 ms to 1 day");
        }
        Sizes.check("payload", entry.payload(), config.sizes().payloadBytesMax());
    }

    private Reply accepted(Scripts.Answer answer) {
        Reply reply = answer.reply();
        return switch (answer.status()) {
            case "OK" -> reply;
            case "NOLANE" -> throw scripts.unknownLane(reply.text());
            case "FULL" -> throw full(reply.text(), reply.number(), reply.number());
            case "DRAINING" ->
                throw Failure.of(
                                Reason.REASON_OVERLOADED,
                                "The lane " + reply.text() + " takes no new jobs for now. Please try again later.")
                        .withDetail("Drained by " + reply.text() + ": " + reply.text(), null)
                        .withRetryDelay(COME_BACK_AFTER);
            case String other -> throw Failure.internal("A script answered " + other, null);
        };
    }

    private static Failure full(String lane, long waiting, long waitingMax) {
        return Failure.of(
                        Reason.REASON_OVERLOADED,
                        "The lane " + lane + " is full: " + waiting + " jobs wait, of at most " + waitingMax
                                + ". Please try again later.")
                .withRetryDelay(COME_BACK_AFTER);
    }

    List<Boolean> move(List<Move> moves) {
        List<Boolean> moved = new ArrayList<>(moves.size());
        for (List<Move> batch : scripts.batches(moves, move -> 0)) {
            List<Object> arguments = new ArrayList<>(batch.size() * 5);
            for (Move move : batch) {
                arguments.add(move.id());
                arguments.add(move.lane());
                arguments.add(move.priority());
                arguments.add(micros(config.headStarts().of(move.priority())));
                arguments.add(micros(config.headStarts().retry()));
            }
            Reply reply = scripts.runOk("move", arguments);
            while (reply.more()) {
                moved.add(reply.number() == 1);
            }
        }
        log.debug("{} of {} jobs moved", moved.stream().filter(yes -> yes).count(), moves.size());
        return moved;
    }

    static long micros(Duration duration) {
        return duration.toMillis() * 1000;
    }
}
