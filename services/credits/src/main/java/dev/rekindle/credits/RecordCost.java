package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;

/** Books what an attempt at a job cost us, once for each attempt, and counts it against the budget of its day. */
final class RecordCost {
    private final Database database;
    private final CostStore costs;
    private final Budgets budgets;
    private final Clock clock;

    RecordCost(Database database, CostStore costs, Budgets budgets, Clock clock) {
        this.database = database;
        this.costs = costs;
        this.budgets = budgets;
        this.clock = clock;
    }

    /**
     * Writes the cost. The same one again changes nothing.
     *
     * @throws Failure IDEMPOTENCY_CONFLICT if the attempt has another cost already
     */
    void run(CostStore.Cost cost) {
        boolean written = database.transact(sql -> {
            if (!costs.insert(sql, cost, Times.now(clock))) {
                return false;
            }
            budgets.spend(sql, cost.tier(), cost.incurredAt(), cost.costMicroUsd());
            return true;
        });
        if (written) {
            return;
        }
        CostStore.Cost first = database.query(sql -> costs.get(sql, cost.jobId(), cost.attempt()));
        if (!same(first, cost)) {
            throw Failure.of(
                    Reason.REASON_IDEMPOTENCY_CONFLICT,
                    "Attempt " + cost.attempt() + " of job " + cost.jobId() + " was booked with "
                            + first.costMicroUsd() + " micro-USD of " + first.engine() + "; " + cost.costMicroUsd()
                            + " of " + cost.engine() + " came now.");
        }
    }

    /** Whatever its time: a caller that tries again may look at the clock again. */
    private static boolean same(CostStore.Cost first, CostStore.Cost again) {
        return first.accountId().equals(again.accountId())
                && first.engine().equals(again.engine())
                && first.jobType() == again.jobType()
                && first.tier() == again.tier()
                && first.costMicroUsd() == again.costMicroUsd();
    }
}
