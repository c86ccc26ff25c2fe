package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.delayed;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newId;
import static dev.rekindle.queue.TestQueue.ofKind;
import static dev.rekindle.queue.TestQueue.retry;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Retries of heavy work while the load is high, on a clock of the test's. */
@Tag("Q-18")
final class HoldRetriesIT {
    private static final HeavyWork HEAVY =
            new HeavyWork(List.of("video"), 1_000_000, Duration.ofSeconds(20), Duration.ofMinutes(2));

    private TestQueue test;
    private Instant due;

    @BeforeEach
    void open() {
        test = TestQueue.open();
        due = test.now().plusSeconds(30);
    }

    @AfterEach
    void close() {
        test.close();
    }

    private String delayedRetry(String kind, long memoryBytes) {
        Entry entry = retry(ofKind(entry(newId(), PAID, TestQueue.NORMAL), kind, memoryBytes), 1);
        test.queue().enqueueAgain(List.of(delayed(entry, due)));
        return entry.id();
    }

    /** So many seconds pass, and every second is looked at the load. */
    private void pass(int seconds, boolean high) {
        for (int second = 0; second < seconds; second++) {
            test.advance(Duration.ofSeconds(1));
            test.queue().holdRetries(HEAVY, high);
            test.queue().recover();
        }
    }

    private long held() {
        return test.queue().holdRetries(HEAVY, false).getOrDefault(PAID, -1L);
    }

    @Test
    void heavy_retries_are_held_back_while_the_load_is_high_and_light_ones_are_not() {
        String video = delayedRetry("video", 1_000);
        String large = delayedRetry("ai", 1_000_000);
        String light = delayedRetry("ai", 999_999);
        assertThat(held()).isZero();
        pass(60, true);
        assertThat(held()).isEqualTo(2);
        assertThat(test.claimIds(10)).containsExactly(light);
        pass(21, false);
        assertThat(test.claimIds(10)).containsExactlyInAnyOrder(video, large);
        assertThat(held()).isZero();
    }

    @Test
    void no_retry_is_held_back_longer_than_allowed() {
        String video = delayedRetry("video", 1_000);
        pass(30 + 119, true);
        assertThat(test.claimIds(1)).isEmpty();
        pass(3, true);
        assertThat(test.claimIds(1)).containsExactly(video);
    }

    @Test
    void first_attempts_are_never_held_back() {
        Entry first = ofKind(entry(newId(), PAID, TestQueue.NORMAL), "video", 2_000_000);
        test.queue().enqueue(List.of(delayed(first, due)));
        pass(32, true);
        assertThat(test.claimIds(1)).containsExactly(first.id());
    }

    @Test
    void a_retry_held_back_can_be_cancelled() {
        String video = delayedRetry("video", 1_000);
        pass(40, true);
        assertThat(test.queue().cancel(video)).isEqualTo(CancelOutcome.REMOVED);
        assertThat(held()).isZero();
    }
}
