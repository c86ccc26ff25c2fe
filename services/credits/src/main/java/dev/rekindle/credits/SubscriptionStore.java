package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.ACCOUNTS;
import static dev.rekindle.credits.tables.Tables.SUBSCRIPTIONS;

import dev.rekindle.credits.tables.tables.records.SubscriptionsRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** The SQL of subscriptions: each row the newest that was heard of one. */
final class SubscriptionStore {

    Optional<SubscriptionsRecord> lock(DSLContext sql, String id) {
        return sql.selectFrom(SUBSCRIPTIONS)
                .where(SUBSCRIPTIONS.ID.eq(id))
                .forUpdate()
                .fetchOptional();
    }

    /** Writes a row that was not there. */
    void insert(
            DSLContext sql,
            UUID accountId,
            StripeFact.Subscribed subscribed,
            Instant asOf,
            @Nullable Instant readAt,
            Instant refreshAt) {
        SubscriptionsRecord row = sql.newRecord(SUBSCRIPTIONS);
        row.setId(subscribed.id());
        row.setAccountId(accountId);
        row.setReadAt(readAt == null ? null : Times.utc(readAt));
        row.setRefreshAt(Times.utc(refreshAt));
        show(row, subscribed, asOf);
        row.insert();
    }

    /** Makes a row show a subscription as it was at a moment. */
    static void show(SubscriptionsRecord row, StripeFact.Subscribed subscribed, Instant asOf) {
        row.setTier(EnumNames.of(subscribed.tier()));
        row.setTerm(EnumNames.of(subscribed.term()));
        row.setCents(subscribed.cents());
        row.setStatus(subscribed.status());
        row.setEnding(subscribed.ending());
        row.setPeriodEnd(Times.utc(subscribed.periodEnd()));
        row.setStartedAt(Times.utc(subscribed.startedAt()));
        Instant endedAt = subscribed.endedAt();
        if (endedAt == null && subscribed.isOver()) {
            endedAt = asOf;
        }
        row.setEndedAt(endedAt == null ? null : Times.utc(endedAt));
        row.setAsOf(Times.utc(asOf));
    }

    /** The fact a row shows. */
    static StripeFact.Subscribed fact(SubscriptionsRecord row) {
        return new StripeFact.Subscribed(
                row.getId(),
                "",
                EnumNames.tier(row.getTier()),
                EnumNames.term(row.getTerm()),
                row.getCents(),
                row.getStatus(),
                row.getEnding(),
                row.getPeriodEnd().toInstant(),
                row.getStartedAt().toInstant(),
                Times.instant(row.getEndedAt()));
    }

    /** The newest first. */
    List<StripeFact.Subscribed> ofAccount(DSLContext sql, UUID accountId) {
        return sql.selectFrom(SUBSCRIPTIONS)
                .where(SUBSCRIPTIONS.ACCOUNT_ID.eq(accountId))
                .orderBy(SUBSCRIPTIONS.STARTED_AT.desc(), SUBSCRIPTIONS.ID.desc())
                .fetch(SubscriptionStore::fact);
    }

    /** Accounts whose erasure was ordered and that have a subscription which is not over. */
    List<UUID> ofClosed(DSLContext sql, int limit) {
        return sql.selectDistinct(SUBSCRIPTIONS.ACCOUNT_ID)
                .from(SUBSCRIPTIONS)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(SUBSCRIPTIONS.ACCOUNT_ID))
                .where(ACCOUNTS.CLOSED_AT.isNotNull().and(SUBSCRIPTIONS.ENDED_AT.isNull()))
                .limit(limit)
                .fetch(SUBSCRIPTIONS.ACCOUNT_ID);
    }

    /** Subscriptions that are to be read from Stripe now, those waiting longest first. */
    List<String> due(DSLContext sql, Instant now, int limit) {
        return sql.select(SUBSCRIPTIONS.ID)
                .from(SUBSCRIPTIONS)
                .where(SUBSCRIPTIONS.REFRESH_AT.le(Times.utc(now)).and(SUBSCRIPTIONS.ENDED_AT.isNull()))
                .orderBy(SUBSCRIPTIONS.REFRESH_AT)
                .limit(limit)
                .fetch(SUBSCRIPTIONS.ID);
    }

    /** Asks for a reading of Stripe at a time. */
    void refreshAt(DSLContext sql, String id, Instant time) {
        sql.update(SUBSCRIPTIONS)
                .set(SUBSCRIPTIONS.REFRESH_AT, Times.utc(time))
                .where(SUBSCRIPTIONS.ID.eq(id))
                .execute();
    }
}
