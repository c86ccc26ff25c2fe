package dev.rekindle.jobs;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.rekindle.jobs.tables.tables.records.QueueRulesRecord;
import dev.rekindle.jobs.v1.QueueRules;
import dev.rekindle.jobs.v1.RetryRules;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators order about the queue as a whole: as with lanes, an order is committed with its event, then carried out
 * from the row, and ordered again where an emptied Redis has forgotten it.
 */
final class SteerQueue {
    private static final Logger log = LoggerFactory.getLogger(SteerQueue.class);

    private static final JsonFormat.Printer JSON = JsonFormat.printer().omittingInsignificantWhitespace();

    private final Database database;
    private final QueueRulesStore rules;
    private final Queue queue;
    private final Consequences consequences;
    private final Configured configured;
    private final Clock clock;

    /** Where operators are told. */
    record Consequences(Outbox outbox, JobEvents events) {}

    /** The numbers that hold where none was ordered. */
    record Configured(dev.rekindle.queue.QueueRules queue, RetryPauses retry) {
        static Configured of(JobsConfig config) {
            return new Configured(dev.rekindle.queue.QueueRules.of(config.queue()), config.retry());
        }
    }

    SteerQueue(
            Database database,
            QueueRulesStore rules,
            Queue queue,
            Consequences consequences,
            Configured configured,
            Clock clock) {
        this.database = database;
        this.rules = rules;
        this.queue = queue;
        this.consequences = consequences;
        this.configured = configured;
        this.clock = clock;
    }

    /** All the numbers as they are, and who ordered any of them last. */
    record Now(QueueRules rules, Optional<QueueRulesRecord> row) {}

    Now now() {
        Optional<QueueRulesRecord> row = rules.find(database.sql());
        QueueRules ordered = row.map(SteerQueue::read).orElse(QueueRules.getDefaultInstance());
        return new Now(merged(asConfigured(), ordered), row);
    }

    /** How long to wait after a failure, now. */
    RetryPauses retry() {
        RetryRules now = now().rules().getRetry();
        return new RetryPauses(
                now.getDependencyPausesList().stream().map(Protos::duration).toList(),
                Protos.duration(now.getTemporaryFirst()),
                Protos.duration(now.getResourceFirst()),
                Protos.duration(now.getPauseMax()),
                now.getJitter());
    }

    /**
     * Gives the queue the numbers given, from now on; the others stay as they were ordered last.
     *
     * @throws Failure INVALID_ARGUMENT if none is given
     */
    void set(QueueRules given, String by) {
        if (merged(QueueRules.getDefaultInstance(), given)
                .equals(merged(QueueRules.getDefaultInstance(), QueueRules.getDefaultInstance()))) {
            throw Failure.invalid("rules", "has no number; expected at least one");
        }
        String words = words(given);
        database.transact(sql -> {
            QueueRulesRecord row = rules.lock(sql);
            row.setOrdered(merged(read(row), given).toByteArray());
            row.setOrderedBy(by);
            row.setOrderedAt(Protos.utc(clock.instant()));
            rules.update(sql, row);
            consequences
                    .outbox()
                    .add(sql, JobEvents.debt(consequences.events().toOperators("queue.rules.changed", "", by, words)));
            return true;
        });
        log.info("queue.rules.changed by {}: {}", by, words);
        carryOut();
    }

    private static String words(QueueRules given) {
        try {
            return JSON.print(given);
        } catch (InvalidProtocolBufferException e) {
            throw Failure.internal("Numbers cannot be printed.", e);
        }
    }

    /** Puts the queue right where it is not as ordered. Never asks to be run again at once. */
    boolean run() {
        Optional<QueueRulesRecord> row = rules.find(database.sql());
        if (row.isPresent() && !queue.isRuledBy(ordered(row.get())) && carryOut()) {
            log.warn("The queue was not as ordered; it is now");
        }
        return false;
    }

    /** Under the row's lock, so that whoever ordered last is obeyed. */
    private boolean carryOut() {
        return database.transact(sql -> {
            dev.rekindle.queue.QueueRules wanted = ordered(rules.lock(sql));
            boolean wrong = !queue.isRuledBy(wanted);
            if (wrong) {
                queue.setRules(wanted);
            }
            return wrong;
        });
    }

    private static QueueRules read(QueueRulesRecord row) {
        return Protos.read(QueueRules.parser(), row.getOrdered());
    }

    /** The numbers of the one, and of the other where it has any. */
    private static QueueRules merged(QueueRules before, QueueRules given) {
        QueueRules.Builder merged = before.toBuilder();
        // Taken out first: else the seconds of one duration would be merged with the nanoseconds of another.
        given.getAllFields().keySet().stream()
                .filter(field -> field.getNumber() != QueueRules.RETRY_FIELD_NUMBER)
                .forEach(merged::clearField);
        given.getRetry().getAllFields().keySet().forEach(merged.getRetryBuilder()::clearField);
        return merged.mergeFrom(given).build();
    }

    private dev.rekindle.queue.QueueRules ordered(QueueRulesRecord row) {
        QueueRules now = merged(asConfigured(), read(row));
        return new dev.rekindle.queue.QueueRules(
                new QueueConfig.HeadStarts(
                        Protos.duration(now.getHeadStartNormal()),
                        Protos.duration(now.getHeadStartHigh()),
                        Protos.duration(now.getHeadStartUrgent()),
                        Protos.duration(now.getHeadStartRetry())),
                new QueueConfig.Claims(now.getLowerLaneEvery(), now.getLookAheadMax()));
    }

    private QueueRules asConfigured() {
        QueueConfig.HeadStarts heads = configured.queue().headStarts();
        QueueConfig.Claims claims = configured.queue().claims();
        RetryPauses retry = configured.retry();
        return QueueRules.newBuilder()
                .setHeadStartNormal(Protos.duration(heads.normal()))
                .setHeadStartHigh(Protos.duration(heads.high()))
                .setHeadStartUrgent(Protos.duration(heads.urgent()))
                .setHeadStartRetry(Protos.duration(heads.retry()))
                .setLowerLaneEvery(claims.lowerLaneEvery())
                .setLookAheadMax(claims.lookAheadMax())
                .setRetry(RetryRules.newBuilder()
                        .addAllDependencyPauses(retry.dependency().stream()
                                .map((Duration pause) -> Protos.duration(pause))
                                .toList())
                        .setTemporaryFirst(Protos.duration(retry.temporaryFirst()))
                        .setResourceFirst(Protos.duration(retry.resourceFirst()))
                        .setPauseMax(Protos.duration(retry.max()))
                        .setJitter(retry.jitter()))
                .build();
    }
}
