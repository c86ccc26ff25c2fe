package dev.rekindle.jobs;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.db.OutboxRelays;
import dev.rekindle.queue.Queue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** What runs by itself: debts are paid to others, results taken in, what is lost recovered, what is due done. */
final class Background {
    private static final Duration RELAY_GATHER = Duration.ofMillis(50);
    private static final int RELAY_BATCH = 200;
    private static final Duration RECOVER_EVERY = Duration.ofSeconds(1);
    private static final Duration LOAD_EVERY = Duration.ofSeconds(1);
    private static final Duration UPKEEP_EVERY = Duration.ofMinutes(1);

    private final Connections to;
    private final Stores stores;
    private final Changes changes;
    private final JobsConfig config;
    private final Sources sources;

    /** Where ids, times and figures come from and go to, and what is closed at the end. */
    record Sources(Ids ids, Clock clock, MeterRegistry metrics, Closer closer) {}

    Background(Connections to, Stores stores, Changes changes, JobsConfig config, Sources sources) {
        this.to = to;
        this.stores = stores;
        this.changes = changes;
        this.config = config;
        this.sources = sources;
    }

    void start() {
        deliver();
        changes.watches().start();
        sources.closer()
                .add(new TellProgress(
                        to.database(),
                        stores.jobs(),
                        to.peers(),
                        to.queue(),
                        changes.events(),
                        TellProgress.lead(to.redis(), config.queue(), sources.ids())))
                .start();
        consume();
        keepUp();
    }

    /** Pays what is owed to others. */
    private void deliver() {
        OutboxRelays relays =
                sources.closer().add(OutboxRelays.start(to.database(), stores.outbox(), sources.metrics()));
        relays.add(together(Topics.EVENT, OutboxRelays.Order.KEPT), to.peers()::publish);
        relays.add(atOnce(Topics.ENQUEUE), changes.enqueue());
        relays.add(atOnce(Topics.MOVE), new MoveJobs(to.database(), stores.jobs(), to.queue()));
        relays.add(together(Topics.BATCH, OutboxRelays.Order.FREE), changes.settleBatches());
        relays.add(atOnce(Topics.REFUND), to.peers()::refund);
        relays.add(together(Topics.COST, OutboxRelays.Order.FREE), to.peers()::recordCost);
        relays.add(together(Topics.BLOBS, OutboxRelays.Order.FREE), new SweepBlobs(to.blobs()));
        relays.add(
                together(Topics.LEFTOVERS, OutboxRelays.Order.FREE),
                new SweepLeftovers(to.database(), stores.jobs(), stores.photos(), to.blobs()));
    }

    /** For what somebody waits for. */
    private static OutboxRelays.Route atOnce(String topic) {
        return new OutboxRelays.Route(topic, OutboxRelays.Order.FREE, RELAY_BATCH, Duration.ZERO);
    }

    /** For what a moment makes no difference to: under load one delivery takes what several would. */
    private static OutboxRelays.Route together(String topic, OutboxRelays.Order order) {
        return new OutboxRelays.Route(topic, order, RELAY_BATCH, RELAY_GATHER);
    }

    /** Takes in what workers did. */
    private void consume() {
        Attempts attempts = new Attempts(
                changes.change(),
                new Attempts.Stores(stores.jobs(), stores.runTimes(), stores.outbox()),
                changes.prepared(),
                () -> new RetryPolicy(changes.steerQueue().retry(), ThreadLocalRandom::current),
                changes.waits(),
                new Attempts.Sources(
                        sources.ids(), sources.clock(), config.limits().lostMax()));
        Queue queue = to.queue();
        sources.closer()
                .add(new ConsumeResults(
                        queue,
                        queue.results("jobs", config.instance()),
                        to.database(),
                        stores.outbox(),
                        attempts,
                        new TellStages(
                                to.database(), stores.jobs(), changes.change(), stores.outbox(), changes.events())))
                .start();
    }

    private void keepUp() {
        Reconcile reconcile = new Reconcile(
                to.database(),
                stores.jobs(),
                to.queue(),
                new Reconcile.Steps(
                        changes.change(),
                        changes.create(),
                        changes.createBatch(),
                        changes.retry(),
                        changes.cancel(),
                        changes.prepared(),
                        changes.enqueue(),
                        config.times().halfDoneMax()),
                sources.clock());
        Upkeep upkeep = new Upkeep(
                to.database(),
                changes.uploads(),
                stores.photos(),
                new Upkeep.Expiring(stores.requestIds(), stores.handoffs()),
                stores.outbox(),
                new Upkeep.Sources(sources.clock(), config.times(), changes.exports()));
        RetainJobs retain = new RetainJobs(
                to.database(),
                new RetainJobs.Stores(stores.retention(), stores.batches(), stores.flags()),
                stores.outbox(),
                config.retention(),
                sources.clock());
        WatchDeadLetters letters = new WatchDeadLetters(
                to.database(),
                stores.deadLetters(),
                stores.outbox(),
                changes.events(),
                new WatchDeadLetters.Sources(sources.clock(), config.limits().deadLettersAlert(), sources.metrics()));
        loop("recover", RECOVER_EVERY, () -> to.queue().recover() < 0);
        loop("reconcile", config.times().reconcile(), () -> reconcile.run() < 0);
        loop("lanes", config.times().reconcile(), changes.steer()::run);
        loop("queue-rules", config.times().reconcile(), changes.steerQueue()::run);
        loop("budgets", config.times().reconcile(), new PauseSpending(to.peers(), changes.steer())::run);
        loop("rebalance", config.times().rebalance(), changes.rebalance()::run);
        loop("lane-metrics", config.times().count(), new LaneMetrics(to.queue(), sources.metrics())::run);
        loop("upkeep", UPKEEP_EVERY, upkeep::run);
        loop("bring-home", UPKEEP_EVERY, () -> to.blobs().bringHome() < 0);
        loop("flags", config.times().count(), new CountFlags(to.database(), stores.flags(), sources.metrics())::run);
        loop("storage", config.times().measure(), new MeasureStorage(to.blobs(), sources.metrics())::run);
        loop("load", LOAD_EVERY, changes.load()::run);
        loop("stated-waits", UPKEEP_EVERY, changes.waits()::forgetOld);
        loop("retention", UPKEEP_EVERY, retain::run);
        loop("dead-letters", config.times().count(), letters::run);
    }

    private void loop(String name, Duration every, Loop.Work work) {
        sources.closer().add(Loop.start(name, every, work));
    }
}
