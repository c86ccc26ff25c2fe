package dev.rekindle.platform.db;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers one topic of an outbox. Several processes may relay the same topic: of an ordered topic only one does at a
 * time (an advisory lock), an unordered one is shared out (skip locked).
 *
 * <p>A batch is deleted in the transaction that reads it, after its delivery: a crash between the two delivers again.
 * When a batch fails, its messages are tried one by one. One that cannot ever be delivered is put off, ever longer and at
 * most an hour, and told in the log and in {@code outbox_failures_total}; those behind it go on.
 */
final class OutboxRelay implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
    /** {@link OutboxRelays} wakes it for what is due, so this is for what goes wrong. */
    private static final Duration POLL = Duration.ofSeconds(10);

    private static final Duration PUT_OFF_MAX = Duration.ofHours(1);
    private static final Field<Integer> ATTEMPTS = DSL.field(DSL.name("attempts"), SQLDataType.INTEGER);
    private static final Field<String> LAST_ERROR = DSL.field(DSL.name("last_error"), SQLDataType.CLOB);

    private record Row(long id, int attempts, Outbox.Message message) {}

    private final Database database;
    private final String topic;
    private final OutboxRelays.Order order;
    private final int batchMax;
    private final OutboxRelays.Delivery delivery;
    private final Counter failures;
    private final Loop loop;

    OutboxRelay(
            Database database,
            Outbox outbox,
            OutboxRelays.Route route,
            OutboxRelays.Delivery delivery,
            MeterRegistry metrics) {
        this.database = database;
        this.topic = route.topic();
        this.order = route.order();
        this.batchMax = route.batchMax();
        this.delivery = delivery;
        this.failures =
                Counter.builder("outbox_failures_total").tag("topic", topic).register(metrics);
        this.loop = Loop.startGathering("outbox-" + topic, POLL, route.gather(), this::relay);
        outbox.onWake(topic, loop::wake);
    }

    private boolean relay() throws Exception {
        return database.sql().transactionResult(transaction -> relayBatch(transaction.dsl()));
    }

    private boolean relayBatch(DSLContext sql) {
        if (order == OutboxRelays.Order.KEPT && !lock(sql)) {
            return false;
        }
        List<Row> batch = read(sql);
        if (batch.isEmpty()) {
            return false;
        }
        try {
            delivery.deliver(batch.stream().map(Row::message).toList());
            delete(sql, batch);
        } catch (Exception e) {
            if (batch.size() == 1) {
                return putOff(sql, batch.getFirst(), e);
            }
            return oneByOne(sql, batch);
        }
        return batch.size() == batchMax;
    }

    private boolean oneByOne(DSLContext sql, List<Row> batch) {
        for (Row row : batch) {
            try {
                delivery.deliver(List.of(row.message()));
                delete(sql, List.of(row));
            } catch (Exception e) {
                if (!putOff(sql, row, e)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** True if those behind may go on: the message itself is at fault, not its receiver. */
    private boolean putOff(DSLContext sql, Row row, Exception e) {
        Failure failure = Failures.of(e);
        failures.increment();
        log.warn("{} {} was not delivered: {}", topic, row.message().dedupKey(), failure.message(), e);
        if (failure.retryable()) {
            return false;
        }
        Duration delay = Duration.ofSeconds(1L << Math.min(row.attempts(), 12));
        Duration bounded = delay.compareTo(PUT_OFF_MAX) > 0 ? PUT_OFF_MAX : delay;
        sql.update(Outbox.OUTBOX)
                .set(ATTEMPTS, ATTEMPTS.plus(1))
                .set(LAST_ERROR, failure.message() + " " + failure.detail())
                .set(
                        Outbox.DUE_AT,
                        DSL.field("now() + {0} * interval '1 second'", OffsetDateTime.class, bounded.toSeconds()))
                .where(Outbox.ID.eq(row.id()))
                .execute();
        return true;
    }

    private boolean lock(DSLContext sql) {
        Boolean locked = sql.select(DSL.field(
                        "pg_try_advisory_xact_lock(hashtext(current_schema()), hashtext({0}))",
                        Boolean.class, DSL.val(topic)))
                .fetchOneInto(Boolean.class);
        return Boolean.TRUE.equals(locked);
    }

    private List<Row> read(DSLContext sql) {
        Condition due = Outbox.TOPIC.eq(topic).and(DSL.condition("due_at <= now()"));
        var query = sql.select(Outbox.ID, ATTEMPTS, Outbox.DEDUP_KEY, Outbox.PAYLOAD)
                .from(Outbox.OUTBOX)
                .where(due)
                .orderBy(Outbox.ID)
                .limit(batchMax)
                .forUpdate()
                .skipLocked();
        return query.fetch(row -> new Row(
                row.get(Outbox.ID),
                row.get(ATTEMPTS),
                new Outbox.Message(topic, row.get(Outbox.DEDUP_KEY), ByteString.copyFrom(row.get(Outbox.PAYLOAD)))));
    }

    private static void delete(DSLContext sql, List<Row> rows) {
        sql.deleteFrom(Outbox.OUTBOX)
                .where(Outbox.ID.in(rows.stream().map(Row::id).toList()))
                .execute();
    }

    @Override
    public void close() {
        loop.close();
    }
}
