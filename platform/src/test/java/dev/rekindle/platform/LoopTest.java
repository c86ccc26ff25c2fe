package dev.rekindle.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a loop runs. */
class LoopTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private final Semaphore ran = new Semaphore(0);
    private final AtomicInteger runs = new AtomicInteger();

    private boolean run() {
        runs.incrementAndGet();
        ran.release();
        return false;
    }

    private void awaitRun() throws InterruptedException {
        assertThat(ran.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void runs_at_its_start_and_when_it_is_woken() throws Exception {
        try (Loop loop = Loop.start("test", NEVER, this::run)) {
            awaitRun();
            loop.wake();
            awaitRun();
        }
        assertThat(runs).hasValue(2);
    }

    @Test
    void runs_again_while_there_is_more_and_after_a_failure() throws Exception {
        CountDownLatch left = new CountDownLatch(3);
        try (Loop _ = Loop.start("test", Duration.ofMillis(1), () -> {
            left.countDown();
            if (left.getCount() == 1) {
                throw new IllegalStateException("once");
            }
            return left.getCount() > 0;
        })) {
            assertThat(left.await(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    void what_wakes_it_while_it_gathers_is_left_for_one_run() throws Exception {
        try (Loop loop = Loop.startGathering("test", NEVER, NEVER, this::run)) {
            awaitRun();
            for (int i = 0; i < 100; i++) {
                loop.wake();
            }
            assertThat(runs).hasValue(1);
        }
        assertThat(runs).as("it is not run for its end").hasValue(1);
        try (Loop loop = Loop.startGathering("test", NEVER, Duration.ofMillis(1), this::run)) {
            awaitRun();
            loop.wake();
            awaitRun();
        }
    }
}
