package dev.rekindle.events;

import static dev.rekindle.events.tables.Tables.EVENT_LOG;
import static dev.rekindle.events.tables.Tables.LOG_HEAD;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rekindle.events.tables.tables.records.EventLogRecord;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jooq.Result;
import org.jooq.TableField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log itself: appending to it and reading it. */
final class EventStore {
    private static final Logger log = LoggerFactory.getLogger(EventStore.class);

    /** What trying to append ended in. */
    sealed interface Attempt {}

    /**
     * What an append did.
     *
     * @param count how many events were new
     * @param head where the log stands now
     */
    record Appended(int count, Position head) implements Attempt {}

    /** A partition is missing, from that place on. */
    record NotCovered(Position first) implements Attempt {}

    private final Database database;
    private final PartitionStore partitions;
    private final Clock clock;

    EventStore(Database database, PartitionStore partitions, Clock clock) {
        this.database = database;
        this.partitions = partitions;
        this.clock = clock;
    }

    /**
     * Appends those of the events whose ids the log does not know, in the order given, all or none.
     *
     * @throws Failure UNAVAILABLE if the database is away
     */
    Appended append(Map<EventId, Event> events) {
        Attempt attempt = database.transact(sql -> tryAppend(sql, events));
        if (attempt instanceof NotCovered(Position first)) {
            // A new day that maintenance has not seen yet, or a log that is ahead of our clock.
            partitions.cover(first);
            attempt = database.transact(sql -> tryAppend(sql, events));
        }
        return switch (attempt) {
            case Appended appended -> appended;
            case NotCovered(Position first) ->
                throw Failure.internal("The log has no partition for " + first.time() + ".", null);
        };
    }

    private Attempt tryAppend(DSLContext sql, Map<EventId, Event> events) {
        // A process that freezes while it holds the head must not stop the others for long.
        sql.execute("select set_config('idle_in_transaction_session_timeout', '10s', true)");
        Position head =
                position(sql.select(LOG_HEAD.SEQ).from(LOG_HEAD).forUpdate().fetchSingle(LOG_HEAD.SEQ));
        Map<EventId, Event> fresh = new LinkedHashMap<>(events);
        // A statement of its own, so that it sees what was committed while we waited for the head.
        fresh.keySet().removeAll(known(sql, events.keySet()));
        if (fresh.isEmpty()) {
            return new Appended(0, head);
        }
        Position last = head.max(Position.at(clock.instant()));
        Position first = last.plus(1);
        if (!partitions.covers(first, last.plus(fresh.size()))) {
            return new NotCovered(first);
        }
        List<EventLogRecord> records = new ArrayList<>(fresh.size());
        for (Map.Entry<EventId, Event> entry : fresh.entrySet()) {
            last = last.plus(1);
            records.add(row(last, entry.getKey(), entry.getValue()));
        }
        sql.batchInsert(records).execute();
        sql.update(LOG_HEAD).set(LOG_HEAD.SEQ, last.seq()).execute();
        return new Appended(fresh.size(), last);
    }

    /** Takes the head until the end of the transaction. A process that freezes with it stops the others for 10 s at most. */
    private static Position lockedHead(DSLContext sql) {
        return position(
                sql.select(LOG_HEAD.SEQ, DSL.field("set_config('idle_in_transaction_session_timeout', '10s', true)"))
                        .from(LOG_HEAD)
                        .forUpdate()
                        .fetchSingle(LOG_HEAD.SEQ));
    }

    private static Set<EventId> known(DSLContext sql, Collection<EventId> ids) {
        Position earliest =
                ids.stream().map(EventId::earliest).min(Position::compareTo).orElse(Position.START);
        UUID[] uuids = ids.stream().map(EventId::uuid).toArray(UUID[]::new);
        return sql.select(EVENT_LOG.EVENT_ID)
                .from(EVENT_LOG)
                .where(EVENT_LOG.EVENT_ID.eq(DSL.any(uuids)), EVENT_LOG.SEQ.ge(earliest.seq()))
                .fetchSet(row -> new EventId(row.value1()));
    }

    private static EventLogRecord row(Position position, EventId id, Event event) {
        EventLogRecord row = new EventLogRecord();
        row.setSeq(position.seq());
        row.setEventId(id.uuid());
        row.setUserId(event.getUserId());
        row.setClientId(orNull(event.getClientId()));
        row.setSessionId(orNull(event.getSessionId()));
        row.setPhotoId(orNull(event.getPhotoId()));
        row.setJobId(orNull(event.getJobId()));
        row.setType(event.getType());
        row.setOccurredAt(OffsetDateTime.ofInstant(
                Instant.ofEpochSecond(
                        event.getTime().getSeconds(), event.getTime().getNanos()),
                ZoneOffset.UTC));
        row.setPayload(event.toByteArray());
        return row;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Where the log stands: the place of its last event. */
    Position head() {
        return database.transact(
                sql -> position(sql.select(LOG_HEAD.SEQ).from(LOG_HEAD).fetchSingle(LOG_HEAD.SEQ)));
    }

    /**
     * Moves the head of a quiet log to the present, and answers it: a place handed out there must not look as old as the
     * last event, or as if the log did not reach back to it.
     */
    Position advanceHead() {
        return database.transact(sql -> {
            Position head = lockedHead(sql).max(Position.at(clock.instant()));
            sql.update(LOG_HEAD).set(LOG_HEAD.SEQ, head.seq()).execute();
            return head;
        });
    }

    /** The place of an event of this user or of nobody; null if the log has none of that id. */
    @Nullable
    Position find(EventId id, String userId) {
        return database.transact(sql -> sql.select(EVENT_LOG.SEQ)
                .from(EVENT_LOG)
                .where(
                        EVENT_LOG.EVENT_ID.eq(id.uuid()),
                        EVENT_LOG.SEQ.ge(id.earliest().seq()),
                        EVENT_LOG.USER_ID.in(userId, ""))
                .fetchOne(row -> position(row.value1())));
    }

    /** The next events of all rooms. */
    Page readAll(Position after, int limit) {
        Result<Record2<Long, byte[]>> rows = database.sql()
                .select(EVENT_LOG.SEQ, EVENT_LOG.PAYLOAD)
                .from(EVENT_LOG)
                .where(EVENT_LOG.SEQ.gt(after.seq()))
                .orderBy(EVENT_LOG.SEQ)
                .limit(limit)
                .fetch();
        List<LoggedEvent> events = new ArrayList<>(rows.size());
        rows.forEach(row -> add(events, row));
        return new Page(events, rows.isEmpty() ? after : position(rows.getLast().value1()), rows.size() == limit);
    }

    /** The next events of interest after one place and up to another, at most the limit. */
    Page read(Interest interest, Position after, Position upTo, int limit) {
        if (!upTo.isAfter(after)) {
            return new Page(List.of(), after, false);
        }
        Condition stretch = EVENT_LOG.SEQ.gt(after.seq()).and(EVENT_LOG.SEQ.le(upTo.seq()));
        Condition types = types(interest.types());
        // One statement a kind of room, each of which reads its own index in order; an event may be in several.
        TreeMap<Long, Record2<Long, byte[]>> merged = database.transact(sql -> {
            TreeMap<Long, Record2<Long, byte[]>> rows = new TreeMap<>();
            for (Condition rooms : rooms(interest)) {
                sql.select(EVENT_LOG.SEQ, EVENT_LOG.PAYLOAD)
                        .from(EVENT_LOG)
                        .where(rooms, stretch, types)
                        .orderBy(EVENT_LOG.SEQ)
                        .limit(limit)
                        .fetch()
                        .forEach(row -> rows.put(row.value1(), row));
            }
            return rows;
        });
        List<LoggedEvent> events = new ArrayList<>(Math.min(limit, merged.size()));
        Position end = upTo;
        int count = 0;
        for (Record2<Long, byte[]> row : merged.values()) {
            add(events, row);
            count++;
            if (count == limit) {
                end = position(row.value1());
                break;
            }
        }
        return new Page(events, end, upTo.isAfter(end));
    }

    private static List<Condition> rooms(Interest interest) {
        Map<Room.Kind, Set<String>> ids = new EnumMap<>(Room.Kind.class);
        String userId = "";
        for (Room room : interest.rooms()) {
            ids.computeIfAbsent(room.kind(), _ -> new TreeSet<>()).add(room.id());
            userId = room.userId().isEmpty() ? userId : room.userId();
        }
        List<Condition> conditions = new ArrayList<>(ids.size());
        for (Map.Entry<Room.Kind, Set<String>> entry : ids.entrySet()) {
            conditions.add(
                    switch (entry.getKey()) {
                        case USER -> EVENT_LOG.USER_ID.eq(userId);
                        case CLIENT -> own(userId, EVENT_LOG.CLIENT_ID, entry.getValue());
                        case SESSION -> own(userId, EVENT_LOG.SESSION_ID, entry.getValue());
                        case PHOTO -> own(userId, EVENT_LOG.PHOTO_ID, entry.getValue());
                        case JOB -> own(userId, EVENT_LOG.JOB_ID, entry.getValue());
                        case GLOBAL ->
                            EVENT_LOG.USER_ID.eq("").and(DSL.not(EVENT_LOG.TYPE.startsWith(Room.operationsFamily())));
                        case OPERATIONS ->
                            EVENT_LOG.USER_ID.eq("").and(EVENT_LOG.TYPE.startsWith(Room.operationsFamily()));
                    });
        }
        return conditions;
    }

    private static Condition own(String userId, TableField<EventLogRecord, String> column, Set<String> ids) {
        return EVENT_LOG.USER_ID.eq(userId).and(column.in(ids));
    }

    private static Condition types(TypeFilter filter) {
        if (filter.takesAll()) {
            return DSL.noCondition();
        }
        Condition wanted =
                filter.types().isEmpty() ? DSL.falseCondition() : EVENT_LOG.TYPE.in(new TreeSet<>(filter.types()));
        for (String family : new TreeSet<>(filter.families())) {
            wanted = wanted.or(EVENT_LOG.TYPE.startsWith(family));
        }
        return wanted;
    }

    private static void add(List<LoggedEvent> events, Record2<Long, byte[]> row) {
        Position position = position(row.value1());
        try {
            events.add(new LoggedEvent(position, Event.parseFrom(row.value2())));
        } catch (InvalidProtocolBufferException e) {
            // One unreadable row must not stop everybody's stream for ever.
            log.error("The event at {} cannot be read and is left out", position, e);
        }
    }

    private static Position position(@Nullable Long seq) {
        if (seq == null) {
            throw new IllegalStateException("The log's numbers are never null");
        }
        return new Position(seq);
    }
}
