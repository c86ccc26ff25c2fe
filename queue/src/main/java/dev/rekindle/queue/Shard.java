package dev.rekindle.queue;

import dev.rekindle.platform.Ids;

/** A part of the queue that is a whole queue by itself: its keys lie in one slot, and each step of it is one script. */
record Shard(Scripts scripts, WaitingJobs waitingJobs, Leases leases, Lookups lookups, Lanes lanes, Recovery recovery) {

    static Shard of(Scripts scripts, Ids leaseIds) {
        return new Shard(
                scripts,
                new WaitingJobs(scripts),
                new Leases(scripts, leaseIds),
                new Lookups(scripts),
                new Lanes(scripts),
                new Recovery(scripts));
    }
}
