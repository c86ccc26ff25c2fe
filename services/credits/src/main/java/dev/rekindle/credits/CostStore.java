package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.COSTS;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import java.time.Instant;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** The SQL of what attempts at jobs cost us. */
final class CostStore {

    /**
     * What one attempt cost, in millionths of a US dollar.
     *
     * @param runMillis how long it ran; null where nobody measured it
     */
    record Cost(
            UUID jobId,
            int attempt,
            UUID accountId,
            String engine,
            JobType jobType,
            Tier tier,
            long costMicroUsd,
            Instant incurredAt,
            @Nullable Long runMillis) {}

    /** Writes a cost. False if there is one of that attempt. */
    boolean insert(DSLContext sql, Cost cost, Instant now) {
        return sql.insertInto(COSTS)
                        .set(COSTS.JOB_ID, cost.jobId())
                        .set(COSTS.ATTEMPT, cost.attempt())
                        .set(COSTS.ACCOUNT_ID, cost.accountId())
                        .set(COSTS.ENGINE, cost.engine())
                        .set(COSTS.JOB_TYPE, EnumNames.of(cost.jobType()))
                        .set(COSTS.TIER, EnumNames.of(cost.tier()))
                        .set(COSTS.COST_MICRO_USD, cost.costMicroUsd())
                        .set(COSTS.INCURRED_AT, Times.utc(cost.incurredAt()))
                        .set(COSTS.RUN_MILLIS, cost.runMillis())
                        .set(COSTS.RECORDED_AT, Times.utc(now))
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /** The cost of an attempt, which must have been written. */
    Cost get(DSLContext sql, UUID jobId, int attempt) {
        return sql.selectFrom(COSTS)
                .where(COSTS.JOB_ID.eq(jobId).and(COSTS.ATTEMPT.eq(attempt)))
                .fetchSingle(row -> new Cost(
                        row.getJobId(),
                        row.getAttempt(),
                        row.getAccountId(),
                        row.getEngine(),
                        EnumNames.jobType(row.getJobType()),
                        EnumNames.tier(row.getTier()),
                        row.getCostMicroUsd(),
                        row.getIncurredAt().toInstant(),
                        row.getRunMillis()));
    }
}
