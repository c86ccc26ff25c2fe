package dev.rekindle.credits;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.rekindle.credits.tables.tables.records.DataOrdersRecord;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Erases a user whose account is closed, step by step. Each step may be repeated, and none is gone on from before what it
 * must leave behind is seen to be so. The books come after the others, because refunds and events are addressed by user.
 */
final class EraseAccount implements WorkOrders.Work {
    private static final int DEBTS_MAX = 1_000;

    /** What is done, in this order. */
    enum Step {
        STRIPE,
        JOBS,
        EVENTS,
        BOOKS,
        SCRUB,
        ADMIT
    }

    private final Database database;
    private final Stores stores;
    private final Outbox outbox;
    private final DataPeers peers;
    private final Away away;
    private final Sources sources;

    /** The tables that are written. */
    record Stores(AccountStore accounts, ApiKeyStore keys, CheckoutStore checkouts, DataOrderStore orders) {}

    /** What an erasure does about Stripe; the first is empty where no payments are taken. */
    record Away(Optional<EraseAtStripe> atStripe, ScrubStripeEvents scrub) {}

    /** @param pause time between two looks at what others are still at */
    record Sources(Ids ids, Clock clock, Duration pause) {}

    EraseAccount(Database database, Stores stores, Outbox outbox, DataPeers peers, Away away, Sources sources) {
        this.database = database;
        this.stores = stores;
        this.outbox = outbox;
        this.peers = peers;
        this.away = away;
        this.sources = sources;
    }

    @Override
    public DataOrderStore.Kind kind() {
        return DataOrderStore.Kind.ERASE;
    }

    @Override
    public boolean isFinal(Failure failure, int attempts) {
        return false; // it is promised
    }

    @Override
    public void run(DataOrdersRecord order) {
        String userId = Objects.requireNonNull(order.getUserId(), "a running order has its user");
        switch (Step.valueOf(order.getStep())) {
            case STRIPE -> {
                away.atStripe().ifPresent(stripe -> stripe.run(order.getAccountId()));
                goOn(order, Step.JOBS);
            }
            case JOBS -> unlessMore(order, peers.eraseJobs(userId), Step.EVENTS);
            case EVENTS -> events(order, userId);
            case BOOKS -> books(order, userId);
            case SCRUB -> unlessMore(order, away.scrub().account(order.getAccountId()), Step.ADMIT);
            case ADMIT -> {
                peers.admit(userId);
                write(sql -> stores.orders().erased(sql, order.getId(), now()));
            }
        }
    }

    private void events(DataOrdersRecord order, String userId) {
        int seq = database.query(sql -> stores.accounts().get(sql, order.getAccountId()))
                .lastSeq();
        if (database.query(sql -> isOwed(sql, userId)) || peers.eraseEvents(userId)) {
            putOff(order);
            return;
        }
        write(sql -> {
            stores.orders().seen(sql, order.getId(), seq);
            stores.orders().step(sql, order.getId(), Step.BOOKS.name(), now());
        });
    }

    /** The account gets another name, in one transaction, if nothing was booked since its events were erased. */
    private void books(DataOrdersRecord order, String userId) {
        write(sql -> {
            Account account = stores.accounts().lock(sql, order.getAccountId());
            boolean moved = !Objects.equals(order.getSeenSeq(), account.lastSeq());
            if (account.userId().equals(userId) && (moved || isOwed(sql, userId))) {
                stores.orders().step(sql, order.getId(), Step.EVENTS.name(), now());
                return;
            }
            stores.accounts().alias(sql, account.id(), alias(), now());
            stores.keys().deleteAll(sql, account.id());
            stores.checkouts().scrub(sql, account.id());
            stores.orders().forgetExports(sql, userId);
            stores.orders().grantedUntil(sql, order.getId(), account.grants().next());
            stores.orders().step(sql, order.getId(), Step.SCRUB.name(), now());
        });
    }

    private String alias() {
        UUID id = sources.ids().next();
        return "erased-" + id;
    }

    /** Events of the user that are not delivered yet. */
    private boolean isOwed(DSLContext sql, String userId) {
        List<Outbox.Message> owed =
                outbox.holding(sql, List.of(CreditsEvents.TOPIC), ByteString.copyFromUtf8(userId), DEBTS_MAX);
        return owed.size() == DEBTS_MAX
                || owed.stream().anyMatch(debt -> userOf(debt).equals(userId));
    }

    private static String userOf(Outbox.Message debt) {
        try {
            return Event.parseFrom(debt.payload()).getUserId();
        } catch (InvalidProtocolBufferException e) {
            throw Failure.internal("The event " + debt.dedupKey() + " cannot be read.", e);
        }
    }

    private void unlessMore(DataOrdersRecord order, boolean more, Step next) {
        if (more) {
            putOff(order);
        } else {
            goOn(order, next);
        }
    }

    private void goOn(DataOrdersRecord order, Step next) {
        write(sql -> stores.orders().step(sql, order.getId(), next.name(), now()));
    }

    private void putOff(DataOrdersRecord order) {
        write(sql -> stores.orders().later(sql, order.getId(), 0, now().plus(sources.pause())));
    }

    private Instant now() {
        return Times.now(sources.clock());
    }

    @FunctionalInterface
    private interface Statements {
        void run(DSLContext sql);
    }

    private void write(Statements statements) {
        database.transact(sql -> {
            statements.run(sql);
            return true;
        });
    }
}
