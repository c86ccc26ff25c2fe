package dev.rekindle.events;

import static dev.rekindle.events.tables.Tables.EVENT_LOG;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.db.Database;
import java.util.List;
import org.jooq.impl.DSL;

/** The log of one user: read whole, and erased. */
final class UserEventStore {

    /** An event as it is kept, and its place in the log. */
    record Kept(long seq, ByteString payload) {
        Event event() throws InvalidProtocolBufferException {
            return Event.parseFrom(payload);
        }
    }

    private final Database database;

    UserEventStore(Database database) {
        this.database = database;
    }

    /** The user's events after a place, oldest first. */
    List<Kept> after(String userId, long seq, int limit) {
        return database.query(sql -> sql.select(EVENT_LOG.SEQ, EVENT_LOG.PAYLOAD)
                .from(EVENT_LOG)
                .where(EVENT_LOG.USER_ID.eq(userId), EVENT_LOG.SEQ.gt(seq))
                .orderBy(EVENT_LOG.SEQ)
                .limit(limit)
                .fetch(row -> new Kept(row.value1(), ByteString.copyFrom(row.value2()))));
    }

    /** Erases the oldest of the user's events; answers how many. */
    int erase(String userId, int limit) {
        return database.query(sql -> sql.deleteFrom(EVENT_LOG)
                .where(EVENT_LOG.SEQ.in(DSL.select(EVENT_LOG.SEQ)
                        .from(EVENT_LOG)
                        .where(EVENT_LOG.USER_ID.eq(userId))
                        .orderBy(EVENT_LOG.SEQ)
                        .limit(limit)))
                .execute());
    }
}
