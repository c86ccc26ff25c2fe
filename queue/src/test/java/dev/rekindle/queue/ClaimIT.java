package dev.rekindle.queue;

import static dev.rekindle.queue.TestQueue.FOREVER;
import static dev.rekindle.queue.TestQueue.FREE;
import static dev.rekindle.queue.TestQueue.GIGABYTE;
import static dev.rekindle.queue.TestQueue.HIGH;
import static dev.rekindle.queue.TestQueue.LOW;
import static dev.rekindle.queue.TestQueue.NORMAL;
import static dev.rekindle.queue.TestQueue.PAID;
import static dev.rekindle.queue.TestQueue.URGENT;
import static dev.rekindle.queue.TestQueue.entry;
import static dev.rekindle.queue.TestQueue.newId;
import static dev.rekindle.queue.TestQueue.newIds;
import static dev.rekindle.queue.TestQueue.ofKind;
import static dev.rekindle.queue.TestQueue.retry;
import static dev.rekindle.queue.TestQueue.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ClaimIT {

    @Test
    void a_claim_carries_all_a_worker_needs() {
        try (TestQueue test = TestQueue.open()) {
            String id = test.enqueue(PAID);
            Claim claim = test.claimOne();
            assertThat(claim.id()).isEqualTo(id);
            assertThat(claim.kind()).isEqualTo("ai");
            assertThat(claim.lane()).isEqualTo(PAID);
            assertThat(claim.attempt()).isEqualTo(1);
            assertThat(claim.leaseId()).hasSize(36);
            assertThat(claim.payload()).isEqualTo(TestQueue.bytes("work " + id));
            assertThat(claim.attemptTimeout()).isEqualTo(Duration.ofMinutes(2));
            assertThat(Duration.between(claim.enqueuedAt(), Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(1));
            assertThat(test.claim(1)).isEmpty();
        }
    }

    @Test
    @Tag("Q-02")
    void jobs_of_one_priority_come_in_the_order_of_enqueueing() {
        try (TestQueue test = TestQueue.open()) {
            List<String> ids = new ArrayList<>(newIds(700));
            Collections.shuffle(ids, new Random(1));
            test.queue()
                    .enqueue(ids.subList(0, 500).stream()
                            .map(id -> entry(id, PAID, NORMAL))
                            .toList());
            ids.subList(500, 700).forEach(id -> test.queue().enqueue(List.of(entry(id, PAID, NORMAL))));
            List<String> claimed = new ArrayList<>();
            for (int max = 1; claimed.size() < 700; max = max % 100 + 7) {
                claimed.addAll(test.claimIds(max));
            }
            assertThat(claimed).isEqualTo(ids);
        }
    }

    @Test
    @Tag("Q-02")
    void a_higher_priority_goes_first_and_a_retry_before_all() {
        try (TestQueue test = TestQueue.open()) {
            String low = test.enqueue(PAID, LOW);
            String normal = test.enqueue(PAID, NORMAL);
            String high = test.enqueue(PAID, HIGH);
            String retry = newId();
            test.queue().enqueue(List.of(retry(entry(retry, PAID, LOW), 1)));
            String urgent = test.enqueue(PAID, URGENT);
            assertThat(test.claimIds(10)).containsExactly(retry, urgent, high, normal, low);
        }
    }

    @Test
    @Tag("Q-02")
    void a_low_job_that_has_waited_long_goes_before_a_newer_high_one() {
        try (TestQueue test = TestQueue.open()) {
            String low = test.enqueue(PAID, LOW);
            test.advance(Duration.ofMinutes(14));
            String first = test.enqueue(PAID, HIGH);
            test.advance(Duration.ofMinutes(2));
            String second = test.enqueue(PAID, HIGH);
            assertThat(test.claimIds(10)).containsExactly(first, low, second);
        }
    }

    @Test
    @Tag("Q-01")
    void lanes_are_served_in_their_order() {
        try (TestQueue test = TestQueue.open("lower_lane_every", "0")) {
            String free = test.enqueue(FREE, HIGH);
            String paid = test.enqueue(PAID);
            String forever = test.enqueue(FOREVER, LOW);
            assertThat(test.claimIds(10)).containsExactly(forever, paid, free);
        }
    }

    @Test
    @Tag("Q-01")
    void a_retry_of_a_low_lane_goes_before_new_work_of_a_high_one() {
        try (TestQueue test = TestQueue.open()) {
            String forever = test.enqueue(FOREVER);
            String retry = newId();
            test.queue().enqueue(List.of(retry(entry(retry, FREE, NORMAL), 2)));
            List<Claim> claims = test.claim(10);
            assertThat(claims.stream().map(Claim::id)).containsExactly(retry, forever);
            assertThat(claims.getFirst().attempt()).isEqualTo(3);
        }
    }

    @Test
    @Tag("Q-03")
    void free_work_gets_its_bounded_share_and_no_more() {
        try (TestQueue test = TestQueue.open("lower_lane_every", "10")) {
            for (int i = 0; i < 200; i++) {
                test.enqueue(PAID);
                test.enqueue(FREE);
            }
            List<String> lanes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                lanes.addAll(test.claim(5).stream().map(Claim::lane).toList());
            }
            assertThat(lanes).hasSize(200);
            for (int i = 0; i < 200; i++) {
                assertThat(lanes.get(i)).as("claim %d", i + 1).isEqualTo((i + 1) % 10 == 0 ? FREE : PAID);
            }
        }
    }

    @Test
    @Tag("Q-01")
    void a_lane_runs_no_more_jobs_than_its_cap() {
        try (TestQueue test = TestQueue.open(
                "lane.forever_tier.active_max",
                "4",
                "lane.paid_priority.active_max",
                "8",
                "lane.free_tier.active_max",
                "2")) {
            for (String lane : List.of(FREE, PAID, FOREVER)) {
                for (int i = 0; i < 20; i++) {
                    test.enqueue(lane);
                }
            }
            List<Claim> claims = test.claim(100);
            assertThat(claims.stream().map(Claim::lane).filter(FOREVER::equals)).hasSize(4);
            assertThat(claims.stream().map(Claim::lane).filter(PAID::equals)).hasSize(8);
            assertThat(claims.stream().map(Claim::lane).filter(FREE::equals)).hasSize(2);
            assertThat(test.claim(100)).isEmpty();
            test.queue().finish(claims.getFirst(), Ending.COMPLETED, TestQueue.bytes(""));
            assertThat(test.claim(100)).singleElement().extracting(Claim::lane).isEqualTo(FOREVER);
        }
    }

    @Test
    @Tag("Q-11")
    void a_lane_begins_no_more_jobs_in_a_second_than_its_rate() {
        try (TestQueue test = TestQueue.open("lane.paid_priority.claims_per_second_max", "10")) {
            for (int i = 0; i < 100; i++) {
                test.enqueue(PAID);
            }
            assertThat(test.claim(50)).hasSize(10);
            test.advance(Duration.ofMillis(500));
            int begun = test.claim(50).size();
            assertThat(begun).isBetween(5, 9);
            test.advance(Duration.ofSeconds(60));
            assertThat(test.claim(50)).hasSize(10);
        }
    }

    @Test
    @Tag("Q-12")
    void a_worker_gets_only_kinds_it_can_do() {
        try (TestQueue test = TestQueue.open()) {
            String ai = test.enqueue(PAID);
            String video = newId();
            test.queue().enqueue(List.of(ofKind(entry(video, FREE, NORMAL), "video", 1000)));
            assertThat(test.claim(new Claimer("v", Set.of("video"), GIGABYTE), 10).stream()
                            .map(Claim::id))
                    .containsExactly(video);
            assertThat(test.claim(new Claimer("i", Set.of("image"), GIGABYTE), 10))
                    .isEmpty();
            assertThat(test.claim(new Claimer("a", Set.of("image", "ai"), GIGABYTE), 10).stream()
                            .map(Claim::id))
                    .containsExactly(ai);
        }
    }

    @Test
    @Tag("Q-12")
    void a_job_too_big_for_a_worker_is_passed_over_without_holding_up_those_behind_it() {
        try (TestQueue test = TestQueue.open()) {
            List<String> ids = newIds(4);
            test.queue()
                    .enqueue(List.of(
                            ofKind(entry(ids.get(0), PAID, NORMAL), "ai", 600),
                            ofKind(entry(ids.get(1), PAID, NORMAL), "ai", 300),
                            ofKind(entry(ids.get(2), PAID, NORMAL), "ai", 200),
                            ofKind(entry(ids.get(3), PAID, NORMAL), "ai", 50)));
            Claimer small = new Claimer("small", Set.of("ai"), 400);
            assertThat(test.claim(small, 10).stream().map(Claim::id)).containsExactly(ids.get(1), ids.get(3));
            assertThat(test.claimIds(10)).containsExactly(ids.get(0), ids.get(2));
        }
    }

    @Test
    @Tag("Q-12")
    void too_big_jobs_at_the_head_of_a_lane_do_not_hold_up_other_lanes() {
        try (TestQueue test = TestQueue.open("look_ahead_max", "5")) {
            for (int i = 0; i < 50; i++) {
                test.queue().enqueue(List.of(ofKind(entry(newId(), PAID, NORMAL), "ai", 2 * GIGABYTE)));
            }
            String free = test.enqueue(FREE);
            assertThat(test.claimIds(10)).containsExactly(free);
        }
    }

    @Test
    @Tag("Q-04")
    void a_claim_of_no_kind_or_of_too_many_is_refused() {
        try (TestQueue test = TestQueue.open()) {
            assertThatThrownBy(() -> test.claim(0)).isInstanceOf(Failure.class).hasMessageContaining("max: is 0");
            assertThatThrownBy(() -> test.claim(257))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("1 to 256");
            assertThatThrownBy(() -> test.claim(new Claimer("w", Set.of(), 1), 1))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("kinds");
        }
    }

    @Test
    void nothing_is_claimed_while_too_many_results_are_unread() {
        try (TestQueue test = TestQueue.open("results_backlog_max", "3")) {
            for (int i = 0; i < 10; i++) {
                test.enqueue(PAID);
            }
            assertThat(test.claim(3)).hasSize(3);
            assertThat(test.claim(3)).isEmpty();
            test.results("jobs");
            test.queue().recover();
            assertThat(test.claim(3)).hasSize(3);
        }
    }

    @Test
    @Tag("Q-11")
    void a_waiting_claim_goes_on_when_the_rate_allows_it() throws Exception {
        try (TestQueue test = TestQueue.open("poll", "1m", "lane.paid_priority.claims_per_second_max", "20")) {
            for (int i = 0; i < 22; i++) {
                test.enqueue(PAID);
            }
            assertThat(test.claim(100)).hasSize(20);
            assertThat(test.queue().claim(worker("waits"), 1, Duration.ofSeconds(30)))
                    .hasSize(1);
        }
    }

    @Test
    void a_claim_waits_no_longer_than_it_was_told() throws Exception {
        try (TestQueue test = TestQueue.open()) {
            assertThat(test.queue().claim(worker("waits"), 1, Duration.ofMillis(20)))
                    .isEmpty();
        }
    }

    @Test
    void a_waiting_claim_gets_a_job_that_comes_later() throws Exception {
        try (TestQueue test = TestQueue.open("poll", "1m")) {
            try (WaitingClaim waiting = WaitingClaim.start(test)) {
                String id = test.enqueue(FREE);
                assertThat(waiting.get().id()).isEqualTo(id);
            }
            try (WaitingClaim waiting = WaitingClaim.start(test)) {
                String id = newId();
                test.queue()
                        .enqueue(List.of(TestQueue.delayed(
                                entry(id, FREE, NORMAL), test.now().plusSeconds(60))));
                test.advance(Duration.ofSeconds(61));
                test.queue().recover();
                assertThat(waiting.get().id()).isEqualTo(id);
            }
        }
    }
}
