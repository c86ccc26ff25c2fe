package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.failureOf;
import static dev.rekindle.credits.tables.Tables.COSTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-07")
class RecordCostIT {
    private static final UUID JOB = new UUID(5, 5);

    private final CreditsRoom room = new CreditsRoom();
    private final UUID account = room.open.run("anna").id();

    @AfterEach
    void close() {
        room.close();
    }

    private CostStore.Cost cost(int attempt, long microUsd) {
        return new CostStore.Cost(
                JOB,
                attempt,
                account,
                "runpod",
                JobType.JOB_TYPE_RESTORATION,
                Tier.TIER_FREE,
                microUsd,
                CreditsRoom.START,
                null);
    }

    @Test
    void each_attempt_is_booked_once() {
        room.recordCost.run(cost(1, 20_000));
        room.recordCost.run(cost(1, 20_000));
        room.recordCost.run(cost(2, 31_000));
        List<Long> booked = room.database.query(
                sql -> sql.selectFrom(COSTS).orderBy(COSTS.ATTEMPT).fetch(COSTS.COST_MICRO_USD));
        assertThat(booked).containsExactly(20_000L, 31_000L);
    }

    @Test
    void another_cost_of_the_same_attempt_is_refused_with_both() {
        room.recordCost.run(cost(1, 20_000));
        Failure failure = failureOf(() -> room.recordCost.run(cost(1, 20_001)));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(failure.message()).contains("20000 micro-USD of runpod", "20001 of runpod");
    }
}
