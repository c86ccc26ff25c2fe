package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q-17")
final class SharingTest {

    private static LaneLimits limits(int activeMax, int perSecond, int waitingMax) {
        return new LaneLimits(activeMax, perSecond, Duration.ofMinutes(1), 3, waitingMax);
    }

    @Test
    void shares_are_nearly_equal_and_make_up_the_whole() {
        LaneLimits whole = limits(8, 10, 100_000);
        List<LaneLimits> shares = new Sharing(3).shares(whole);
        assertThat(shares).containsExactly(limits(3, 4, 33_334), limits(3, 3, 33_333), limits(2, 3, 33_333));
        assertThat(Sharing.whole(shares)).isEqualTo(whole);
        assertThat(new Sharing(1).shares(whole)).containsExactly(whole);
    }

    @Test
    void what_is_closed_or_without_limit_is_so_in_each_shard() {
        assertThat(new Sharing(2).shares(limits(0, 0, 2))).containsExactly(limits(0, 0, 1), limits(0, 0, 1));
    }

    @Test
    void a_cap_that_would_leave_a_shard_without_any_is_refused_in_words() {
        assertThatThrownBy(() -> new Sharing(3).shares(limits(2, 0, 9)))
                .isInstanceOf(Failure.class)
                .hasMessage("active_max: is 2; expected 0 or at least 3, one for each shard (queue.shards)");
        assertThatThrownBy(() -> new Sharing(3).check(limits(3, 1, 9)))
                .hasMessageContaining("claims_per_second_max: is 1");
        assertThatThrownBy(() -> new Sharing(3).check(limits(3, 3, 2))).hasMessageContaining("waiting_max: is 2");
    }

    @Test
    void an_order_that_came_to_some_shards_only_shows() {
        assertThat(new Sharing(2).areShares(List.of(limits(2, 3, 5), limits(1, 2, 4))))
                .isTrue();
        assertThat(new Sharing(2).areShares(List.of(limits(5, 3, 5), limits(1, 2, 4))))
                .isFalse();
        assertThat(new Sharing(2).areShares(List.of(limits(1, 3, 5), limits(2, 2, 4))))
                .isFalse();
    }
}
