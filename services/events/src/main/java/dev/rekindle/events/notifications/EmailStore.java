package dev.rekindle.events.notifications;

import static dev.rekindle.events.tables.Tables.EMAIL_ADDRESSES;
import static dev.rekindle.events.tables.Tables.EMAIL_CONFIRMATIONS;
import static dev.rekindle.events.tables.Tables.WEBHOOK_ENDPOINTS;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.tables.tables.records.EmailAddressesRecord;
import dev.rekindle.events.tables.tables.records.WebhookEndpointsRecord;
import dev.rekindle.events.v1.EmailAddress;
import dev.rekindle.events.webhooks.DeliveryStore;
import dev.rekindle.events.webhooks.EndpointRow;
import dev.rekindle.events.webhooks.Kind;
import dev.rekindle.events.webhooks.Outgoing;
import dev.rekindle.events.webhooks.Times;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Addresses of users, one each, which count only once a link sent there was followed. */
final class EmailStore {
    /** The type of the delivery that carries the link. */
    static final String CONFIRMATION = "email.confirmation";

    private static final Duration DAY = Duration.ofDays(1);
    /** A call that is repeated within it sends no second link. */
    private static final Duration REPETITION = Duration.ofMinutes(1);

    /** Whom to write to, as it stands now. */
    record Recipient(
            String address,
            boolean confirmed,
            String confirmToken,
            OffsetDateTime confirmUntil,
            String unsubscribeToken) {}

    private final Database database;
    private final DeliveryStore deliveries;
    private final Ids ids;
    private final Clock clock;
    private final Supplier<String> tokens;
    private final int confirmationsMax;

    /**
     * @param tokens makes what a link carries: nobody can guess it
     * @param confirmationsMax links a user may ask for a day, and that are sent to an address a day
     */
    EmailStore(
            Database database,
            DeliveryStore deliveries,
            Ids ids,
            Clock clock,
            Supplier<String> tokens,
            int confirmationsMax) {
        this.database = database;
        this.deliveries = deliveries;
        this.ids = ids;
        this.clock = clock;
        this.tokens = tokens;
        this.confirmationsMax = confirmationsMax;
    }

    /** A user's address; null if there is none. */
    @Nullable
    EmailAddress get(String userId) {
        return database.query(sql -> row(sql, userId)).map(EmailStore::shown).orElse(null);
    }

    private static Optional<EmailAddressesRecord> row(DSLContext sql, String userId) {
        return sql.selectFrom(EMAIL_ADDRESSES)
                .where(EMAIL_ADDRESSES.ENDPOINT_ID.in(
                        DSL.select(WEBHOOK_ENDPOINTS.ID).from(WEBHOOK_ENDPOINTS).where(own(userId))))
                .fetchOptional();
    }

    private static Condition own(String userId) {
        return WEBHOOK_ENDPOINTS.USER_ID.eq(userId).and(WEBHOOK_ENDPOINTS.KIND.eq(Kind.EMAIL.inlined()));
    }

    /**
     * Sets the address and has a link sent there, unless it is confirmed already.
     *
     * @throws Failure RATE_LIMITED where too many links were asked for
     */
    EmailAddress set(String userId, String address) {
        return database.transact(sql -> {
            PreferencesStore.lock(sql, userId);
            OffsetDateTime now = Times.now(clock);
            EmailAddressesRecord known = row(sql, userId).orElse(null);
            boolean same = known != null && known.getAddress().equals(address);
            if (known != null && same && (known.getConfirmedAt() != null || wasJustAsked(sql, userId, address, now))) {
                return shown(known);
            }
            limit(sql, EMAIL_CONFIRMATIONS.USER_ID.eq(userId), now);
            limit(sql, EMAIL_CONFIRMATIONS.ADDRESS.eq(address), now);
            EmailAddressesRecord row = known != null && same ? known : replace(sql, userId, address, now);
            row.setConfirmToken(tokens.get());
            row.setConfirmUntil(now.plus(DAY));
            sql.update(EMAIL_ADDRESSES)
                    .set(EMAIL_ADDRESSES.CONFIRM_TOKEN, row.getConfirmToken())
                    .set(EMAIL_ADDRESSES.CONFIRM_UNTIL, row.getConfirmUntil())
                    .where(EMAIL_ADDRESSES.ENDPOINT_ID.eq(row.getEndpointId()))
                    .execute();
            sql.insertInto(EMAIL_CONFIRMATIONS)
                    .set(EMAIL_CONFIRMATIONS.ID, ids.next())
                    .set(EMAIL_CONFIRMATIONS.USER_ID, userId)
                    .set(EMAIL_CONFIRMATIONS.ADDRESS, address)
                    .set(EMAIL_CONFIRMATIONS.CREATED_AT, now)
                    .execute();
            String body = "{\"" + Notices.TYPE + "\":\"" + CONFIRMATION + "\"}";
            deliveries.add(sql, row.getEndpointId(), List.of(new Outgoing(ids.next(), CONFIRMATION, body)));
            return shown(row);
        });
    }

    private static boolean wasJustAsked(DSLContext sql, String userId, String address, OffsetDateTime now) {
        return sql.fetchExists(
                EMAIL_CONFIRMATIONS,
                EMAIL_CONFIRMATIONS.USER_ID.eq(userId),
                EMAIL_CONFIRMATIONS.ADDRESS.eq(address),
                EMAIL_CONFIRMATIONS.CREATED_AT.gt(now.minus(REPETITION)));
    }

    private void limit(DSLContext sql, Condition whose, OffsetDateTime now) {
        int count = sql.fetchCount(EMAIL_CONFIRMATIONS, whose, EMAIL_CONFIRMATIONS.CREATED_AT.gt(now.minus(DAY)));
        if (count >= confirmationsMax) {
            throw Failure.of(
                            Reason.REASON_RATE_LIMITED,
                            count + " links were sent within a day, all there may be. Try again tomorrow.")
                    .withRetryDelay(DAY);
        }
    }

    /** A new endpoint in the place of the one before, with what waited for that. */
    private EmailAddressesRecord replace(DSLContext sql, String userId, String address, OffsetDateTime now) {
        sql.deleteFrom(WEBHOOK_ENDPOINTS).where(own(userId)).execute();
        WebhookEndpointsRecord endpoint = EndpointRow.of(Kind.EMAIL, ids.next(), userId, "mailto:" + address, now);
        sql.insertInto(WEBHOOK_ENDPOINTS).set(endpoint).execute();
        EmailAddressesRecord row = new EmailAddressesRecord();
        row.setEndpointId(endpoint.getId());
        row.setAddress(address);
        row.setConfirmToken(tokens.get());
        row.setConfirmUntil(now);
        row.setUnsubscribeToken(tokens.get());
        sql.insertInto(EMAIL_ADDRESSES).set(row).execute();
        return row;
    }

    /** Forgets a user's address. */
    void delete(String userId) {
        database.query(
                sql -> sql.deleteFrom(WEBHOOK_ENDPOINTS).where(own(userId)).execute());
    }

    /**
     * Confirms an address; again changes nothing.
     *
     * @throws Failure NOT_FOUND if the token is not known or too old
     */
    void confirm(String token) {
        database.transact(sql -> {
            OffsetDateTime now = Times.now(clock);
            EmailAddressesRecord row = sql.selectFrom(EMAIL_ADDRESSES)
                    .where(EMAIL_ADDRESSES.CONFIRM_TOKEN.eq(token), EMAIL_ADDRESSES.CONFIRM_UNTIL.gt(now))
                    .fetchOne();
            if (row == null) {
                throw Failure.of(Reason.REASON_NOT_FOUND, "This link is not good any more. Ask for a new one.");
            }
            String userId = sql.select(WEBHOOK_ENDPOINTS.USER_ID)
                    .from(WEBHOOK_ENDPOINTS)
                    .where(WEBHOOK_ENDPOINTS.ID.eq(row.getEndpointId()))
                    .fetchSingle(WEBHOOK_ENDPOINTS.USER_ID);
            PreferencesStore.lock(sql, userId);
            sql.update(EMAIL_ADDRESSES)
                    .set(EMAIL_ADDRESSES.CONFIRMED_AT, DSL.coalesce(EMAIL_ADDRESSES.CONFIRMED_AT, DSL.val(now)))
                    .where(EMAIL_ADDRESSES.ENDPOINT_ID.eq(row.getEndpointId()))
                    .execute();
            return sql.update(WEBHOOK_ENDPOINTS)
                    .set(
                            WEBHOOK_ENDPOINTS.TYPES,
                            Notices.types(PreferencesStore.get(sql, userId).getEmailList()))
                    .where(WEBHOOK_ENDPOINTS.ID.eq(row.getEndpointId()))
                    .execute();
        });
    }

    /** Forgets the address whose e-mail carries this token, if there is one. */
    void unsubscribe(String token) {
        database.query(sql -> sql.deleteFrom(WEBHOOK_ENDPOINTS)
                .where(WEBHOOK_ENDPOINTS.ID.in(DSL.select(EMAIL_ADDRESSES.ENDPOINT_ID)
                        .from(EMAIL_ADDRESSES)
                        .where(EMAIL_ADDRESSES.UNSUBSCRIBE_TOKEN.eq(token))))
                .execute());
    }

    /** Whom to write to; null if the address is gone. */
    @Nullable
    Recipient recipient(UUID endpointId) {
        return database.query(sql -> sql.selectFrom(EMAIL_ADDRESSES)
                .where(EMAIL_ADDRESSES.ENDPOINT_ID.eq(endpointId))
                .fetchOne(row -> new Recipient(
                        row.getAddress(),
                        row.getConfirmedAt() != null,
                        row.getConfirmToken(),
                        row.getConfirmUntil(),
                        row.getUnsubscribeToken())));
    }

    /** Forgets what was asked for by a user; the address goes with the endpoints. */
    void erase(String userId) {
        database.query(sql -> sql.deleteFrom(EMAIL_CONFIRMATIONS)
                .where(EMAIL_CONFIRMATIONS.USER_ID.eq(userId))
                .execute());
    }

    /** Forgets links asked for more than a day ago. */
    void trim() {
        database.query(sql -> sql.deleteFrom(EMAIL_CONFIRMATIONS)
                .where(EMAIL_CONFIRMATIONS.CREATED_AT.lt(Times.now(clock).minus(DAY)))
                .execute());
    }

    private static EmailAddress shown(EmailAddressesRecord row) {
        EmailAddress.Builder shown = EmailAddress.newBuilder().setAddress(row.getAddress());
        OffsetDateTime confirmed = row.getConfirmedAt();
        if (confirmed != null) {
            shown.setConfirmTime(Times.timestamp(confirmed));
        }
        return shown.build();
    }
}
