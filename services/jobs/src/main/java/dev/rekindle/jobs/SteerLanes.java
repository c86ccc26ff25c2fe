package dev.rekindle.jobs;

import dev.rekindle.credits.v1.Budget;
import dev.rekindle.jobs.tables.tables.records.LaneOrdersRecord;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.LaneLimits;
import dev.rekindle.queue.LaneState;
import dev.rekindle.queue.Queue;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators order about lanes. An order is committed with its event first and then carried out in the queue, from
 * the row as it is then and under its lock: whoever ordered last is obeyed, and what an emptied Redis has forgotten is
 * ordered again.
 */
final class SteerLanes {
    private static final Logger log = LoggerFactory.getLogger(SteerLanes.class);

    /** Who ordered it, where a budget did; no user's id has a space. */
    private static final String BUDGET = "the budget";

    /** Until when a lane is held whose budget is stopped: no day of a budget ends then. */
    private static final OffsetDateTime STOPPED = OffsetDateTime.of(9999, 12, 31, 0, 0, 0, 0, ZoneOffset.UTC);

    private final Database database;
    private final LaneStore lanes;
    private final Queue queue;
    private final Outbox outbox;
    private final JobEvents events;
    private final Clock clock;

    SteerLanes(Database database, LaneStore lanes, Queue queue, Outbox outbox, JobEvents events, Clock clock) {
        this.database = database;
        this.lanes = lanes;
        this.queue = queue;
        this.outbox = outbox;
        this.events = events;
        this.clock = clock;
    }

    void pause(String lane, String by, String reason) {
        order(lane, LaneState.Mode.PAUSED, by, reason);
    }

    void resume(String lane, String by) {
        order(lane, LaneState.Mode.RUNNING, by, "");
    }

    void drain(String lane, String by, String reason) {
        order(lane, LaneState.Mode.DRAINING, by, reason);
    }

    private void order(String lane, LaneState.Mode mode, String by, String reason) {
        String event = switch (mode) {
            case PAUSED -> "queue.lane.paused";
            case RUNNING -> "queue.lane.resumed";
            case DRAINING -> "queue.lane.drained";
        };
        order(lane, event, by, reason, order -> {
            set(order, mode, by, reason);
            return true;
        });
    }

    private void set(LaneOrdersRecord order, LaneState.Mode mode, String by, String reason) {
        order.setMode(mode.name());
        order.setModeBy(by);
        order.setModeReason(reason);
        order.setModeAt(Protos.utc(clock.instant()));
    }

    /**
     * Pauses a lane that runs while its budget is used up, and resumes what was paused so when it spends again. A lane that
     * somebody resumed meanwhile is left alone for what it was paused for: the budget's day, or its being stopped. Whatever
     * comes after that counts anew: another day, a stop, a budget that spent again and is used up again.
     */
    void follow(String lane, Budget budget) {
        if (!budget.getExhausted()) {
            order(lane, "queue.lane.resumed", BUDGET, "", order -> {
                boolean held = isHeld(order);
                if (order.getHeldUntil() != null) {
                    order.setHeldUntil(null);
                }
                if (held) {
                    set(order, LaneState.Mode.RUNNING, BUDGET, "");
                }
                return held;
            });
            return;
        }
        boolean stopped = budget.getLimitMicroUsd() == 0;
        OffsetDateTime until = stopped ? STOPPED : Protos.utc(Protos.instant(budget.getResetTime()));
        String reason = "The budget " + budget.getName()
                + (stopped
                        ? " is stopped until somebody sets its limit."
                        : " is used up; it begins anew at " + until + ".");
        order(lane, "queue.lane.paused", BUDGET, reason, order -> {
            boolean runs = LaneState.Mode.valueOf(order.getMode()) == LaneState.Mode.RUNNING;
            boolean known = order.getHeldUntil() != null && order.getHeldUntil().isEqual(until);
            if (known || !(runs || isHeld(order))) {
                return false;
            }
            set(order, LaneState.Mode.PAUSED, BUDGET, reason);
            order.setHeldUntil(until);
            return true;
        });
    }

    private static boolean isHeld(LaneOrdersRecord order) {
        return LaneState.Mode.valueOf(order.getMode()) == LaneState.Mode.PAUSED && BUDGET.equals(order.getModeBy());
    }

    /** Gives a lane the numbers given, from now on; the others stay as they were ordered last. */
    void setLimits(String lane, dev.rekindle.jobs.v1.LaneLimits given, String by) {
        order(lane, "queue.lane.changed", by, Lanes.words(given), order -> {
            LaneLimits now =
                    limits(order).orElseGet(() -> Lanes.find(queue, lane).limits());
            LaneLimits limits = Lanes.changed(now, given);
            queue.checkLimits(limits);
            order.setActiveMax(limits.activeMax());
            order.setClaimsPerSecondMax(limits.claimsPerSecondMax());
            order.setAttemptTimeoutMillis(limits.attemptTimeout().toMillis());
            order.setAttemptsMax(limits.attemptsMax());
            order.setWaitingMax(limits.waitingMax());
            return true;
        });
    }

    /** Commits an order and carries it out, if the change wants it; what it changes is kept in any case. */
    private void order(String lane, String event, String by, String reason, Predicate<LaneOrdersRecord> change) {
        Lanes.find(queue, lane);
        boolean ordered = database.transact(sql -> {
            LaneOrdersRecord order = lanes.lock(sql, lane);
            boolean wanted = change.test(order);
            if (order.touched()) {
                lanes.update(sql, order);
            }
            if (!wanted) {
                return false;
            }
            outbox.add(sql, JobEvents.debt(events.toOperators(event, lane, by, reason)));
            return true;
        });
        if (!ordered) {
            return;
        }
        log.info("{} {} by {}: {}", event, lane, by, reason);
        carryOut(lane);
    }

    /** Puts the queue right where it is not as ordered. Answers whether it was not. */
    boolean carryOut(String lane) {
        return database.transact(sql -> {
            LaneOrdersRecord order = lanes.lock(sql, lane);
            LaneState state = Lanes.find(queue, lane);
            boolean wrong = false;
            if (!isAsOrdered(state, order)) {
                wrong = true;
                switch (LaneState.Mode.valueOf(order.getMode())) {
                    case PAUSED -> queue.pause(lane, order.getModeBy(), order.getModeReason());
                    case RUNNING -> queue.resume(lane, order.getModeBy());
                    case DRAINING -> queue.drain(lane, order.getModeBy(), order.getModeReason());
                }
            }
            Optional<LaneLimits> limits = limits(order).filter(ordered -> canHave(lane, ordered));
            if (limits.isPresent() && !(state.agreed() && limits.get().equals(state.limits()))) {
                wrong = true;
                queue.setLimits(lane, limits.get());
            }
            return wrong;
        });
    }

    /** False if the numbers were ordered when the queue had fewer shards, and are too small for those it has now. */
    private boolean canHave(String lane, LaneLimits ordered) {
        try {
            queue.checkLimits(ordered);
            return true;
        } catch (Failure failure) {
            log.error("The lane {} does not have the numbers ordered: {}", lane, failure.getMessage());
            return false;
        }
    }

    private static boolean isAsOrdered(LaneState state, LaneOrdersRecord order) {
        return state.agreed()
                && state.mode().name().equals(order.getMode())
                && state.modeBy().equals(order.getModeBy())
                && state.modeReason().equals(order.getModeReason());
    }

    private static Optional<LaneLimits> limits(LaneOrdersRecord order) {
        return order.getActiveMax() == null
                ? Optional.empty()
                : Optional.of(new LaneLimits(
                        order.getActiveMax(),
                        order.getClaimsPerSecondMax(),
                        Duration.ofMillis(order.getAttemptTimeoutMillis()),
                        order.getAttemptsMax(),
                        order.getWaitingMax()));
    }

    /** Looks at all lanes there are orders about. Never asks to be run again at once. */
    boolean run() {
        Map<String, LaneOrdersRecord> orders = lanes.all(database.sql());
        if (orders.isEmpty()) {
            return false;
        }
        for (LaneState state : queue.lanes()) {
            LaneOrdersRecord order = orders.get(state.name());
            boolean right = order == null
                    || (isAsOrdered(state, order)
                            && limits(order)
                                    .filter(ordered -> canHave(state.name(), ordered))
                                    .map(state.limits()::equals)
                                    .orElse(true));
            if (!right && carryOut(state.name())) {
                log.warn("The lane {} was not as ordered; it is now", state.name());
            }
        }
        return false;
    }
}
