package dev.rekindle.processing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("PRC-08")
class MemoryBudgetTest {
    @Test
    void what_can_never_fit_is_refused_with_the_numbers() {
        MemoryBudget budget = new MemoryBudget(100L << 20);
        Failure failure = catchThrowableOfType(Failure.class, () -> budget.reserve(101L << 20, new Stop()));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_NOT_ENOUGH_MEMORY);
        assertThat(failure.message()).contains("101 MB").contains("100 MB");
    }

    @Test
    void what_does_not_fit_now_waits_until_there_is_room() throws InterruptedException {
        MemoryBudget budget = new MemoryBudget(100);
        MemoryBudget.Reservation first = budget.reserve(70, new Stop());
        CountDownLatch got = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            budget.reserve(50, new Stop()).close();
            got.countDown();
        });
        assertThat(got.await(50, TimeUnit.MILLISECONDS)).isFalse();
        first.close();
        assertThat(got.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void a_job_that_is_stopped_waits_no_longer() {
        MemoryBudget budget = new MemoryBudget(100);
        MemoryBudget.Reservation first = budget.reserve(70, new Stop());
        Stop stop = new Stop();
        stop.request(Stop.Cause.CANCELLED);
        assertThat(catchThrowableOfType(Stop.Stopped.class, () -> budget.reserve(50, stop)))
                .isNotNull();
        first.close();
        assertThat(budget.free()).isEqualTo(100);
    }
}
