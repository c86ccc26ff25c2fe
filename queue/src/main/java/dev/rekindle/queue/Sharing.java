package dev.rekindle.queue;

import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the caps of a lane are spread over the shards: each shard has an equal part, the first ones one more where it does
 * not come out even.
 */
record Sharing(int shards) {

    /**
     * A lane's numbers in each shard, by their order.
     *
     * @throws Failure INVALID_ARGUMENT if a cap is too small for all shards to have a part
     */
    List<LaneLimits> shares(LaneLimits whole) {
        check(whole);
        return split(whole);
    }

    private List<LaneLimits> split(LaneLimits whole) {
        return IntStream.range(0, shards)
                .mapToObj(number -> new LaneLimits(
                        share(whole.activeMax(), number),
                        share(whole.claimsPerSecondMax(), number),
                        whole.attemptTimeout(),
                        whole.attemptsMax(),
                        share(whole.waitingMax(), number)))
                .toList();
    }

    /** @throws Failure INVALID_ARGUMENT if a cap is too small for all shards to have a part */
    void check(LaneLimits whole) {
        require("active_max", whole.activeMax());
        require("claims_per_second_max", whole.claimsPerSecondMax());
        require("waiting_max", whole.waitingMax());
    }

    /** Whether these are the shares of some whole, as they are not while an order has reached some shards only. */
    boolean areShares(List<LaneLimits> limits) {
        return split(whole(limits)).equals(limits);
    }

    /** The numbers of which these are the shares. */
    static LaneLimits whole(List<LaneLimits> shares) {
        LaneLimits first = shares.getFirst();
        return new LaneLimits(
                shares.stream().mapToInt(LaneLimits::activeMax).sum(),
                shares.stream().mapToInt(LaneLimits::claimsPerSecondMax).sum(),
                first.attemptTimeout(),
                first.attemptsMax(),
                shares.stream().mapToInt(LaneLimits::waitingMax).sum());
    }

    /** Whether a cap can be shared: 0, which closes or does not limit, or enough for each shard to have one. */
    boolean fits(int cap) {
        return cap == 0 || cap >= shards;
    }

    /** What {@link #fits} wants, in words. */
    String expected() {
        return "expected 0 or at least " + shards + ", one for each shard (queue.shards)";
    }

    private void require(String field, int cap) {
        if (!fits(cap)) {
            throw Failure.invalid(field, "is " + cap + "; " + expected());
        }
    }

    private int share(int cap, int number) {
        return cap / shards + (number < cap % shards ? 1 : 0);
    }
}
