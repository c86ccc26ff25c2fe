package dev.rekindle.events.notifications;

import static dev.rekindle.events.tables.Tables.EMAIL_ADDRESSES;
import static dev.rekindle.events.tables.Tables.NOTIFICATION_PREFERENCES;
import static dev.rekindle.events.tables.Tables.WEBHOOK_ENDPOINTS;

import dev.rekindle.events.tables.tables.records.NotificationPreferencesRecord;
import dev.rekindle.events.v1.NotificationPreferences;
import dev.rekindle.events.webhooks.Kind;
import dev.rekindle.events.webhooks.Times;
import dev.rekindle.platform.db.Database;
import java.time.Clock;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** What users are told of, by each way. Their endpoints carry it as types, so that the log is read without asking here. */
final class PreferencesStore {
    private final Database database;
    private final Clock clock;

    PreferencesStore(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** One change of a user's notifications at a time, until the end of the transaction. */
    static void lock(DSLContext sql, String userId) {
        sql.execute("select pg_advisory_xact_lock(hashtextextended({0}, 8))", DSL.val(userId));
    }

    NotificationPreferences get(String userId) {
        return database.query(sql -> get(sql, userId));
    }

    static NotificationPreferences get(DSLContext sql, String userId) {
        NotificationPreferencesRecord row = sql.selectFrom(NOTIFICATION_PREFERENCES)
                .where(NOTIFICATION_PREFERENCES.USER_ID.eq(userId))
                .fetchOne();
        return row == null
                ? NotificationPreferences.newBuilder()
                        .addAllPush(Notices.all())
                        .addAllEmail(Notices.all())
                        .build()
                : NotificationPreferences.newBuilder()
                        .addAllPush(Notices.of(row.getPushTypes()))
                        .addAllEmail(Notices.of(row.getEmailTypes()))
                        .build();
    }

    void set(String userId, NotificationPreferences preferences) {
        String[] push = Notices.types(preferences.getPushList());
        String[] email = Notices.types(preferences.getEmailList());
        database.transact(sql -> {
            lock(sql, userId);
            var now = Times.now(clock);
            sql.insertInto(NOTIFICATION_PREFERENCES)
                    .set(NOTIFICATION_PREFERENCES.USER_ID, userId)
                    .set(NOTIFICATION_PREFERENCES.PUSH_TYPES, push)
                    .set(NOTIFICATION_PREFERENCES.EMAIL_TYPES, email)
                    .set(NOTIFICATION_PREFERENCES.UPDATED_AT, now)
                    .onConflict(NOTIFICATION_PREFERENCES.USER_ID)
                    .doUpdate()
                    .set(NOTIFICATION_PREFERENCES.PUSH_TYPES, push)
                    .set(NOTIFICATION_PREFERENCES.EMAIL_TYPES, email)
                    .set(NOTIFICATION_PREFERENCES.UPDATED_AT, now)
                    .execute();
            Condition own = WEBHOOK_ENDPOINTS.USER_ID.eq(userId);
            sql.update(WEBHOOK_ENDPOINTS)
                    .set(WEBHOOK_ENDPOINTS.TYPES, push)
                    .where(own, WEBHOOK_ENDPOINTS.KIND.eq(Kind.PUSH.inlined()))
                    .execute();
            // An address that is not confirmed has no types: it is told of nothing.
            return sql.update(WEBHOOK_ENDPOINTS)
                    .set(WEBHOOK_ENDPOINTS.TYPES, email)
                    .where(
                            own,
                            WEBHOOK_ENDPOINTS.KIND.eq(Kind.EMAIL.inlined()),
                            DSL.exists(DSL.selectOne()
                                    .from(EMAIL_ADDRESSES)
                                    .where(
                                            EMAIL_ADDRESSES.ENDPOINT_ID.eq(WEBHOOK_ENDPOINTS.ID),
                                            EMAIL_ADDRESSES.CONFIRMED_AT.isNotNull())))
                    .execute();
        });
    }

    void erase(String userId) {
        database.query(sql -> sql.deleteFrom(NOTIFICATION_PREFERENCES)
                .where(NOTIFICATION_PREFERENCES.USER_ID.eq(userId))
                .execute());
    }
}
