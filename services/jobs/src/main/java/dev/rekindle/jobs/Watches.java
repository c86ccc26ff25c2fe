package dev.rekindle.jobs;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Position;
import dev.rekindle.queue.ProgressUpdate;
import dev.rekindle.queue.Queue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who watches which job, and how they are woken: at once by changes made here, by a hint in Redis for changes made by
 * other instances, by progress from workers; and, should a hint be lost, by a look at the database every few seconds,
 * one for all watches together.
 */
final class Watches implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Watches.class);
    private static final String CHANNEL = "rekindle:jobs:changed";
    private static final Duration POSITIONS_EVERY = Duration.ofSeconds(1);
    private static final Duration REVISIONS_EVERY = Duration.ofSeconds(5);
    private static final int BATCH_MAX = 1000;

    private final Map<UUID, Set<Watch>> watches = new ConcurrentHashMap<>();
    private final Redis redis;
    private final Queue queue;
    private final Database database;
    private final JobStore jobs;
    private final Closer opened = new Closer();

    Watches(Redis redis, Queue queue, Database database, JobStore jobs) {
        this.redis = redis;
        this.queue = queue;
        this.database = database;
        this.jobs = jobs;
    }

    void start() {
        opened.add(redis.subscribe(List.of(CHANNEL), (channel, message) -> wake(Redis.text(message))));
        opened.add(queue.onProgress(this::progressed));
        opened.add(Loop.start("watch-positions", POSITIONS_EVERY, this::readPositions));
        opened.add(Loop.start("watch-revisions", REVISIONS_EVERY, this::readRevisions));
    }

    Watch open(UUID jobId) {
        Watch watch = new Watch(jobId);
        watches.computeIfAbsent(jobId, id -> ConcurrentHashMap.newKeySet()).add(watch);
        return watch;
    }

    void close(Watch watch) {
        watches.computeIfPresent(watch.jobId(), (id, set) -> {
            set.remove(watch);
            return set.isEmpty() ? null : set;
        });
    }

    /** Tells all watches of a job, here and in other instances, that it changed. Never blocks and never fails. */
    void changed(UUID jobId) {
        watches.getOrDefault(jobId, Set.of()).forEach(Watch::changed);
        var _ = redis.send(commands -> commands.publish(CHANNEL, Redis.bytes(jobId.toString())))
                .exceptionally(thrown -> {
                    log.debug("A change was not announced", thrown);
                    return 0L;
                });
    }

    private void wake(String jobId) {
        watches.getOrDefault(UUID.fromString(jobId), Set.of()).forEach(Watch::changed);
    }

    private void progressed(ProgressUpdate update) {
        Set<Watch> watching = watches.get(UUID.fromString(update.id()));
        if (watching != null) {
            RunProgress.of(update.leaseId(), update.progress())
                    .ifPresent(progress -> watching.forEach(watch -> watch.progressed(progress)));
        }
    }

    private boolean readPositions() {
        List<Watch> waiting = watches.values().stream()
                .flatMap(Set::stream)
                .filter(Watch::wantsPosition)
                .toList();
        for (int from = 0; from < waiting.size(); from += BATCH_MAX) {
            List<Watch> batch = waiting.subList(from, Math.min(from + BATCH_MAX, waiting.size()));
            Map<String, Position> positions = queue.positions(batch.stream()
                    .map(watch -> watch.jobId().toString())
                    .distinct()
                    .toList());
            batch.forEach(watch -> watch.moved(positions.get(watch.jobId().toString())));
        }
        return false;
    }

    private boolean readRevisions() {
        List<UUID> ids = List.copyOf(watches.keySet());
        for (int from = 0; from < ids.size(); from += BATCH_MAX) {
            try {
                jobs.revisions(database.sql(), ids.subList(from, Math.min(from + BATCH_MAX, ids.size())))
                        .forEach((id, revision) ->
                                watches.getOrDefault(id, Set.of()).forEach(watch -> watch.isAt(revision)));
            } catch (Failure failure) {
                log.debug("Revisions were not read", failure);
            }
        }
        return false;
    }

    /** How many streams watch a job. */
    int count() {
        return watches.values().stream().mapToInt(Set::size).sum();
    }

    @Override
    public void close() {
        opened.close();
        watches.values().forEach(set -> set.forEach(Watch::end));
    }
}
