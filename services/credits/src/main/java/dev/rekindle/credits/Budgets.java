package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.tables.tables.records.BudgetDaysRecord;
import dev.rekindle.credits.v1.Budget;
import dev.rekindle.events.v1.CreditsEvent;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What jobs may cost us a day (UTC), for free and for paid tiers. Near the limit operators are told; at the limit no new
 * job of those tiers is let in until an operator resumes or the next day begins. What runs already runs on.
 */
final class Budgets {
    static final String FREE = "free";
    static final String PAID = "paid";

    /** Of the family that only operators hear. */
    private static final String ALERTED = "queue.budget.alerted";

    /** The limit of an emergency stop. */
    private static final long STOPPED = 0;

    private static final Duration STOPPED_DELAY = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(Budgets.class);

    private record Seen(Budget budget, Instant at) {}

    private final Database database;
    private final BudgetStore store;
    private final BudgetsConfig config;
    private final Outbox outbox;
    private final Ids ids;
    private final Clock clock;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    Budgets(Database database, BudgetStore store, BudgetsConfig config, Outbox outbox, Ids ids, Clock clock) {
        this.database = database;
        this.store = store;
        this.config = config;
        this.outbox = outbox;
        this.ids = ids;
        this.clock = clock;
    }

    static String of(Tier tier) {
        return switch (tier) {
            case TIER_FREE, TIER_UNSPECIFIED, UNRECOGNIZED -> FREE;
            case TIER_REMEMBER, TIER_CHERISH, TIER_FOREVER -> PAID;
        };
    }

    /**
     * Lets a job of the tier in. Reads the budget at most once in the configured time, so that it costs a payment nothing.
     *
     * @throws Failure BUDGET_EXHAUSTED if its budget is used up
     */
    void refuseIfExhausted(DSLContext sql, Tier tier) {
        String name = of(tier);
        Instant now = clock.instant();
        Seen last = seen.get(name);
        if (last == null || !isFresh(last, now)) {
            last = new Seen(read(sql, name, now), now);
            seen.put(name, last);
        }
        if (!last.budget().getExhausted()) {
            return;
        }
        if (last.budget().getLimitMicroUsd() == STOPPED) {
            throw Failure.of(Reason.REASON_BUDGET_EXHAUSTED, stopped(name) + " Please try again later.")
                    .withRetryDelay(STOPPED_DELAY);
        }
        Instant reset = reset(now);
        throw Failure.of(
                        Reason.REASON_BUDGET_EXHAUSTED,
                        "Today's capacity for " + name + " plans is used up; it begins anew at " + reset + ".")
                .withRetryDelay(Duration.between(now, reset));
    }

    private boolean isFresh(Seen last, Instant now) {
        return now.isBefore(last.at().plus(config.freshness())) && day(now).equals(day(last.at()));
    }

    List<Budget> list() {
        return List.of(get(FREE), get(PAID));
    }

    Budget get(String name) {
        return database.query(sql -> read(sql, name, clock.instant()));
    }

    /**
     * Sets the limit. It holds at once, whatever was resumed before; {@link #STOPPED} lets nothing be spent until another
     * is set.
     */
    Budget update(String name, long limitMicroUsd, String by) {
        Instant now = Times.now(clock);
        return change(name, now, (sql, day) -> {
            store.setLimit(sql, name, limitMicroUsd, by, now);
            day.setResumedAt(null);
            day.setResumedBy(null);
            log.info("The budget {} is {} micro-USD a day, by {}", name, limitMicroUsd, by);
        });
    }

    /**
     * Lets a budget that is used up spend on for the rest of the day. The same again changes nothing.
     *
     * @throws Failure STATE_CONFLICT if it is not used up, or stopped
     */
    Budget resume(String name, String by) {
        Instant now = Times.now(clock);
        return change(name, now, (sql, day) -> {
            if (day.getResumedAt() != null) {
                return;
            }
            long limit = limit(sql, name);
            if (limit == STOPPED) {
                throw Failure.of(Reason.REASON_STATE_CONFLICT, stopped(name) + " To spend again, set its limit.");
            }
            if (!isExhausted(day, limit)) {
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT,
                        "The budget " + name + " is not used up: " + day.getSpentMicroUsd() + " of " + limit
                                + " micro-USD are spent today.");
            }
            day.setResumedAt(Times.utc(now));
            day.setResumedBy(by);
            log.info("The budget {} spends on today, by {}", name, by);
        });
    }

    @FunctionalInterface
    private interface Order {
        void run(DSLContext sql, BudgetDaysRecord day);
    }

    /** Carries an order out under the lock of today's row, so that operators and costs come one after the other. */
    private Budget change(String name, Instant now, Order order) {
        database.transact(sql -> {
            BudgetDaysRecord day = store.spend(sql, name, day(now), 0);
            order.run(sql, day);
            tell(sql, day, limit(sql, name), now);
            return true;
        });
        seen.remove(name);
        return get(name);
    }

    /** Adds a cost, in the transaction that books it. */
    void spend(DSLContext sql, Tier tier, Instant incurredAt, long microUsd) {
        String name = of(tier);
        Instant now = Times.now(clock);
        BudgetDaysRecord day = store.spend(sql, name, day(incurredAt), microUsd);
        if (!day.getDay().equals(day(now))) {
            return;
        }
        long limit = limit(sql, name);
        long spent = day.getSpentMicroUsd();
        tell(sql, day, limit, now);
        // Nothing else stops what was resumed, so operators hear of it each time another limit's worth is gone.
        if (day.getResumedAt() != null && limit > 0 && spent / limit > (spent - microUsd) / limit) {
            alert(sql, day, limit, now);
        }
    }

    /**
     * Tells what is new about a day, whose row is locked: that its limit is near, that it is used up, that it spends again.
     * What was told is told again only after its opposite.
     */
    private void tell(DSLContext sql, BudgetDaysRecord day, long limit, Instant now) {
        String name = day.getName();
        boolean near = limit > 0 && day.getSpentMicroUsd() >= limit * config.alertShare();
        if (near != (day.getAlertedAt() != null)) {
            day.setAlertedAt(near ? Times.utc(now) : null);
            if (near) {
                alert(sql, day, limit, now);
            }
        }
        boolean exhausted = isExhausted(day, limit);
        if (exhausted != (day.getExhaustedAt() != null)) {
            day.setExhaustedAt(exhausted ? Times.utc(now) : null);
            String usedUp = limit == STOPPED ? stopped(name) : "Today's capacity for " + name + " plans is used up.";
            outbox.add(
                    sql,
                    exhausted
                            ? event("credits.budget.exhausted", usedUp, now)
                            : event("credits.budget.resumed", "Jobs on " + name + " plans are taken again.", now));
            log.warn(
                    "The budget {} has spent {} of {} micro-USD; new jobs are {}",
                    name,
                    day.getSpentMicroUsd(),
                    limit,
                    exhausted ? "refused" : "taken again");
        }
        if (day.touched()) {
            store.update(sql, day);
        }
    }

    private void alert(DSLContext sql, BudgetDaysRecord day, long limit, Instant now) {
        String message = "The budget " + day.getName() + " has spent " + day.getSpentMicroUsd() + " of " + limit
                + " micro-USD today.";
        outbox.add(sql, event(ALERTED, message, now));
        log.warn("{}", message);
    }

    private static boolean isExhausted(BudgetDaysRecord day, long limit) {
        return day.getSpentMicroUsd() >= limit && day.getResumedAt() == null;
    }

    private static String stopped(String name) {
        return "Jobs on " + name + " plans are stopped for the moment.";
    }

    private Budget read(DSLContext sql, String name, Instant now) {
        long limit = limit(sql, name);
        Optional<BudgetDaysRecord> day = store.day(sql, name, day(now));
        long spent = day.map(BudgetDaysRecord::getSpentMicroUsd).orElse(0L);
        boolean resumed = day.map(BudgetDaysRecord::getResumedAt).isPresent();
        return Budget.newBuilder()
                .setName(name)
                .setLimitMicroUsd(limit)
                .setSpentMicroUsd(spent)
                .setAlertShare(config.alertShare())
                .setExhausted(spent >= limit && !resumed)
                .setResumed(resumed)
                .setResetTime(Times.message(reset(now)))
                .build();
    }

    private long limit(DSLContext sql, String name) {
        return store.limit(sql, name).orElse(name.equals(FREE) ? config.freeMicroUsd() : config.paidMicroUsd());
    }

    private Outbox.Message event(String type, String message, Instant now) {
        return CreditsEvents.debt(Event.newBuilder()
                .setId(ids.next().toString())
                .setType(type)
                .setSource(CreditsEvents.SOURCE)
                .setTime(Times.message(now))
                .setVersion(CreditsEvents.VERSION)
                .setCredits(CreditsEvent.newBuilder().setReason(message))
                .build());
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    private static Instant reset(Instant now) {
        return day(now).plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    }
}
