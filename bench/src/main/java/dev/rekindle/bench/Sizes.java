package dev.rekindle.bench;

import java.util.List;

/**
 * How much of everything is measured, the same for all.
 *
 * @param payload bytes of a job
 * @param warm jobs done before the clock runs, enough for compilers that learn while a program runs
 * @param one jobs enqueued one by one
 * @param flight jobs enqueued with 50 in flight
 * @param bulk jobs in one call
 * @param bulked jobs enqueued in bulk
 * @param single jobs processed one at a time
 * @param many jobs processed 50 at a time
 * @param claims claims timed at each depth
 * @param starts starts timed on an idle queue
 * @param held jobs a worker holds when it is killed
 * @param million whether claims are timed with a million jobs waiting, too
 */
record Sizes(
        int payload,
        int warm,
        int one,
        int flight,
        int bulk,
        int bulked,
        int single,
        int many,
        int claims,
        int starts,
        int held,
        boolean million) {

    static Sizes usual(boolean million) {
        return new Sizes(200, 20_000, 10_000, 50_000, 250, 100_000, 10_000, 50_000, 5_000, 500, 10, million);
    }

    List<Integer> depths() {
        return million ? List.of(100, 10_000, 1_000_000) : List.of(100, 10_000);
    }

    /** As arguments of a peer's program. */
    List<String> arguments() {
        return List.of(
                "payload=" + payload,
                "warm=" + warm,
                "one=" + one,
                "flight=" + flight,
                "bulk=" + bulk,
                "bulked=" + bulked,
                "single=" + single,
                "many=" + many,
                "claims=" + claims,
                "starts=" + starts,
                "held=" + held,
                "million=" + (million ? 1 : 0));
    }
}
