package dev.rekindle.bench.mesh;

import java.util.Locale;

/** What can happen to a mesh. */
enum FaultKind {
    /** A worker is gone between two instructions. */
    KILL_WORKER(6),
    /** A service or the gateway is. */
    KILL_SERVICE(5),
    /** A worker is told to end, as in an upgrade: it finishes or hands back. */
    END_WORKER(2),
    /** A service or the gateway is told to end, and its successor goes on. */
    END_SERVICE(2),
    /** A worker stands still past its lease and goes on as if nothing had happened. */
    FREEZE_WORKER(4),
    /** A service stands still, with its transactions and connections open. */
    FREEZE_SERVICE(2),
    /** Redis is gone and comes back with its data. */
    KILL_REDIS(2),
    /** Redis is gone and comes back empty. */
    LOSE_REDIS(2),
    /** Redis forgets all it had, and nobody's connection breaks. */
    FLUSH_REDIS(2),
    /** PostgreSQL is gone and comes back with what was committed. */
    KILL_POSTGRES(2),
    /** The picture store is gone and comes back. */
    KILL_S3(2),
    /** Connections break, and new ones are refused for a while. */
    CUT_LINK(4),
    /** Every byte takes its time. */
    SLOW_LINK(3),
    /** Connections stand, and nothing comes through. */
    DEAD_LINK(3),
    /** The clock of a process jumps by seconds, ahead or back, and is put right later. */
    WRONG_CLOCK(4);

    private final int weight;

    FaultKind(int weight) {
        this.weight = weight;
    }

    /** How often it comes, beside the others. */
    int weight() {
        return weight;
    }

    /** As people write it: "kill-worker". */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
