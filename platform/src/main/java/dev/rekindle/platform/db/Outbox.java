package dev.rekindle.platform.db;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.RowN;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * What a service owes to others, written in the transaction that causes it (table {@code outbox}, one in each schema).
 * A relay a topic delivers it at least once, woken after the commit; receivers are idempotent.
 */
public final class Outbox {
    static final Table<Record> OUTBOX = DSL.table(DSL.name("outbox"));
    static final Field<Long> ID = DSL.field(DSL.name("id"), SQLDataType.BIGINT);
    static final Field<String> TOPIC = DSL.field(DSL.name("topic"), SQLDataType.CLOB);
    static final Field<String> DEDUP_KEY = DSL.field(DSL.name("dedup_key"), SQLDataType.CLOB);
    static final Field<byte[]> PAYLOAD = DSL.field(DSL.name("payload"), SQLDataType.BLOB);
    static final Field<OffsetDateTime> DUE_AT = DSL.field(DSL.name("due_at"), OffsetDateTime.class);

    private final Map<String, Runnable> wakers = new ConcurrentHashMap<>();

    /** One debt. */
    public record Message(String topic, String dedupKey, ByteString payload) {}

    /** Writes debts in the caller's transaction. */
    public void add(DSLContext transaction, List<Message> messages) {
        if (messages.isEmpty()) {
            return;
        }
        var insert = transaction.insertInto(OUTBOX, TOPIC, DEDUP_KEY, PAYLOAD);
        for (Message message : messages) {
            insert = insert.values(
                    message.topic(), message.dedupKey(), message.payload().toByteArray());
        }
        insert.onConflict(TOPIC, DEDUP_KEY).doNothing().execute();
        messages.forEach(message -> written(transaction, message.topic()));
    }

    /** Writes debts in the caller's transaction that are not to be paid before some time has gone by. */
    public void addLater(DSLContext transaction, List<Message> messages, Duration after) {
        if (messages.isEmpty()) {
            return;
        }
        Field<OffsetDateTime> due =
                DSL.field("now() + {0} * interval '1 millisecond'", OffsetDateTime.class, after.toMillis());
        var insert = transaction.insertInto(OUTBOX, TOPIC, DEDUP_KEY, PAYLOAD, DUE_AT);
        for (Message message : messages) {
            insert = insert.values(
                    DSL.val(message.topic(), TOPIC),
                    DSL.val(message.dedupKey(), DEDUP_KEY),
                    DSL.val(message.payload().toByteArray(), PAYLOAD),
                    due);
        }
        insert.onConflict(TOPIC, DEDUP_KEY).doNothing().execute();
    }

    /**
     * Debts of these topics that are due or were tried and whose payload holds these bytes; at most the limit. A search
     * through all that is owed, for what is asked seldom.
     */
    public List<Message> holding(DSLContext sql, List<String> topics, ByteString part, int limit) {
        return sql.select(TOPIC, DEDUP_KEY, PAYLOAD)
                .from(OUTBOX)
                .where(TOPIC.in(topics))
                .and(DSL.condition("(due_at <= now() or attempts > 0)"))
                .and(DSL.condition("position({0} in payload) > 0", DSL.val(part.toByteArray(), PAYLOAD)))
                .limit(limit)
                .fetch(row -> new Message(row.get(TOPIC), row.get(DEDUP_KEY), ByteString.copyFrom(row.get(PAYLOAD))));
    }

    /** Writes one debt in the caller's transaction. */
    public void add(DSLContext transaction, Message message) {
        add(transaction, List.of(message));
    }

    /**
     * Debts as a part of a larger statement ({@code with debts as (…)}), written in their order, if the table has a row: for
     * changes that must not cost a round trip more. Say {@link #written} after it.
     */
    public ResultQuery<Record1<Long>> part(List<Message> messages, Table<?> rows) {
        RowN[] debts = new RowN[messages.size()];
        for (int place = 0; place < debts.length; place++) {
            Message message = messages.get(place);
            debts[place] = DSL.row(List.of(
                    DSL.val(place),
                    DSL.val(message.topic(), TOPIC),
                    DSL.val(message.dedupKey(), DEDUP_KEY),
                    DSL.val(message.payload().toByteArray(), PAYLOAD)));
        }
        Field<Integer> order = DSL.field(DSL.name("place"), SQLDataType.INTEGER);
        return DSL.insertInto(OUTBOX, TOPIC, DEDUP_KEY, PAYLOAD)
                .select(DSL.select(TOPIC, DEDUP_KEY, PAYLOAD)
                        .from(DSL.values(debts).as("debt", "place", "topic", "dedup_key", "payload"))
                        .where(DSL.exists(DSL.selectOne().from(rows)))
                        .orderBy(order))
                .onConflict(TOPIC, DEDUP_KEY)
                .doNothing()
                .returningResult(ID);
    }

    /** Has the relay of this process see at the commit what was written; without, it would within its poll. */
    public void written(DSLContext transaction, String topic) {
        Runnable waker = wakers.get(topic);
        if (waker != null) {
            Database.afterCommit(transaction, waker, waker);
        }
    }

    /** The topics relayed here of which something is due now. */
    List<String> due(DSLContext sql) {
        Field<String> topic = DSL.field(DSL.name("relayed"), SQLDataType.CLOB);
        return sql.select(topic)
                .from(DSL.unnest(wakers.keySet().toArray(String[]::new)).as("topics", "relayed"))
                .where(DSL.exists(
                        DSL.selectOne().from(OUTBOX).where(TOPIC.eq(topic)).and(DSL.condition("due_at <= now()"))))
                .fetch(topic);
    }

    /** Looks at once for what is owed under a topic. */
    void wake(String topic) {
        Runnable waker = wakers.get(topic);
        if (waker != null) {
            waker.run();
        }
    }

    void onWake(String topic, Runnable waker) {
        wakers.put(topic, waker);
    }
}
