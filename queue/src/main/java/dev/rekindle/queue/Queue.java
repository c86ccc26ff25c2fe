package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A priority queue in Redis. Jobs wait in lanes, workers claim them and hold them by leases, and what happens to them is
 * told in a stream of results. Each call is one step of Redis for each batch and shard, and may be repeated.
 *
 * <p>With several shards a lane has its share of its caps in each, so it may be full in one while another has room. The
 * order of lanes and of priorities holds within a shard, and over all of them nearly.
 *
 * <p>Every call fails with UNAVAILABLE while Redis is away, and may then have happened or not.
 */
public final class Queue implements AutoCloseable {
    private final Redis redis;
    private final Shards shards;
    private final Wakes wakes;
    private final Arrivals arrivals;
    private final Claiming claiming;
    private final Positions positions;
    private final SharedLanes lanes;
    private final WorkerRegistry workers;

    private Queue(Redis redis, QueueConfig config, Shards shards) {
        this.redis = redis;
        this.shards = shards;
        this.wakes = new Wakes(redis, shards);
        this.arrivals = new Arrivals(shards);
        this.claiming = new Claiming(shards, wakes, config);
        this.workers = new WorkerRegistry(shards.first().scripts());
        this.positions = new Positions(shards, workers);
        this.lanes = new SharedLanes(shards);
    }

    /**
     * Opens the queue. Lanes are written where Redis has none yet, so that an operator's changes survive restarts.
     *
     * @throws Failure STATE_CONFLICT if this Redis may lose data and the configuration says to refuse that, or if the queue
     *     has another number of shards and is not empty
     */
    public static Queue open(Redis redis, QueueConfig config) {
        return open(redis, config, Ids.timeOrdered(), () -> Duration.ZERO);
    }

    /**
     * Opens the queue for a test.
     *
     * @param leaseIds gives each lease its id
     * @param clockShift how far ahead of Redis' clock the queue takes the time to be; asked at each call
     */
    public static Queue open(Redis redis, QueueConfig config, Ids leaseIds, Supplier<Duration> clockShift) {
        IntFunction<Scripts> scripts = number -> new Scripts(redis, config, clockShift, number);
        Shards shards = new Shards(IntStream.range(0, config.shards())
                .mapToObj(number -> Shard.of(scripts.apply(number), leaseIds))
                .toList());
        shards.all().forEach(shard -> RedisSafety.check(shard.scripts()));
        new ShardCount(scripts, config.shards()).check();
        shards.all().forEach(shard -> shard.scripts().defineLanes());
        return new Queue(redis, config, shards);
    }

    /**
     * Puts new jobs into their lanes. An id that already waits, is delayed or leased is left alone. Lists longer than a
     * batch are taken in batches; a batch is taken as a whole or not at all. With several shards, one that a lane refuses
     * leaves nothing behind; others may come into a lane in the same moment, which is then fuller than it may be by as many
     * as came together; and if Redis breaks off in the middle, a part may have been taken: the same call again takes the
     * rest.
     *
     * @return how many were not in the queue before
     * @throws Failure OVERLOADED if a lane is full or draining, INVALID_REQUEST, TOO_LARGE
     */
    public int enqueue(List<Entry> entries) {
        return arrivals.enqueueNew(entries);
    }

    /**
     * Puts jobs into their lanes that were accepted before: retries, and what an emptied Redis has forgotten. As {@link
     * #enqueue}, but no full or draining lane refuses them. One that has ended in the last minute with a later attempt is
     * left alone: the call comes late, or a second time after a broken connection.
     */
    public int enqueueAgain(List<Entry> entries) {
        return arrivals.enqueueKnown(entries);
    }

    /**
     * Asks a lane whether it would take so many new jobs, before they are accepted and charged.
     *
     * @throws Failure OVERLOADED with the time after which to try again
     */
    public void requireRoom(String lane, int jobs) {
        arrivals.requireRoom(lane, jobs);
    }

    /**
     * Leases up to max jobs to a worker, the first in order. Waits for the first of them, no longer than given, and then
     * answers an empty list.
     *
     * @param max 1 to the size of a batch
     */
    public List<Claim> claim(Claimer who, int max, Duration wait) throws InterruptedException {
        return claiming.claim(who, max, wait);
    }

    /** Renews leases, and keeps and publishes progress. Answers stand in the order of the beats. */
    public List<Beat.Answer> heartbeat(List<Beat> beats) {
        return shards.spread(
                beats,
                beat -> beat.claim().id(),
                (shard, part) -> shard.leases().heartbeat(part));
    }

    /**
     * Ends a lease and its job, and appends the worker's report to the results.
     *
     * @return false: the lease was lost, nothing has changed
     */
    public boolean finish(Claim claim, Ending ending, ByteString report) {
        return finish(List.of(new Finish(claim, ending, report))).getFirst();
    }

    /** Ends several leases. Answers stand in the order given. */
    public List<Boolean> finish(List<Finish> finishes) {
        return shards.spread(
                finishes,
                finish -> finish.claim().id(),
                (shard, part) -> shard.leases().finish(part));
    }

    /**
     * Ends leases and claims the next jobs: by one step of Redis where they are of one shard, and then both were done or
     * none. Each works as by itself.
     */
    public NextClaims finishAndClaim(List<Finish> finishes, Claimer who, int max, Duration wait)
            throws InterruptedException {
        return claiming.finishAndClaim(finishes, who, max, wait);
    }

    /**
     * Appends a report to the results while the job goes on.
     *
     * @return false: the lease was lost, nothing has changed
     */
    public boolean report(Claim claim, ByteString report) {
        return shards.of(claim.id()).leases().report(claim, report);
    }

    /**
     * Puts a job back to the head of its lane; the attempt does not count. If its cancellation was asked for, it ends as
     * cancelled instead.
     *
     * @return false: the lease was lost, nothing has changed
     */
    public boolean giveBack(Claim claim) {
        return giveBack(List.of(claim)).getFirst();
    }

    /** Gives several jobs back. Answers stand in the order given. */
    public List<Boolean> giveBack(List<Claim> claims) {
        return shards.spread(claims, Claim::id, (shard, part) -> shard.leases().giveBack(part));
    }

    /** Takes a job out if it waits; tells its worker if it runs. */
    public CancelOutcome cancel(String id) {
        return cancel(List.of(id)).getOrDefault(id, CancelOutcome.ABSENT);
    }

    /** Cancels several jobs. */
    public Map<String, CancelOutcome> cancel(List<String> ids) {
        return shards.spread(ids, (shard, part) -> shard.lookups().cancel(part));
    }

    /**
     * Removes all that is left of an id, leased or not; a worker that holds it is told to stop. Results of it not yet
     * acknowledged stay until they are.
     *
     * @return false: there was nothing
     */
    public boolean forget(String id) {
        return shards.of(id).lookups().forget(List.of(id)).getFirst();
    }

    /** Where those of the jobs stand that wait. */
    public Map<String, Position> positions(List<String> ids) {
        return positions.of(ids);
    }

    /**
     * How long one more job would wait that joins a lane now, at the end of its priority; null while nothing would begin it.
     */
    public Position.@Nullable Wait waitOfNext(String lane, String kind) {
        return positions.ofNext(lane, kind);
    }

    /** What the queue knows of each of the ids. */
    public Map<String, Snapshot> snapshots(List<String> ids) {
        return shards.spread(ids, (shard, part) -> shard.lookups().snapshots(part));
    }

    /**
     * Gives a waiting or delayed job another lane or priority; how long it has waited still counts.
     *
     * @return false: it neither waits nor is delayed
     */
    public boolean move(String id, String lane, int priority) {
        return move(List.of(new Move(id, lane, priority))).getFirst();
    }

    /** Moves several jobs. Answers stand in the order given. */
    public List<Boolean> move(List<Move> moves) {
        return arrivals.move(moves);
    }

    /**
     * Ends leases whose time has run out (a LOST result each; the job is gone from the queue), lets delayed jobs wait that
     * are due, and deletes results that all groups have acknowledged. To be called every second, by any number of
     * processes.
     *
     * @return how many leases and delayed jobs there were
     */
    public int recover() {
        return shards.sum(shard -> shard.recovery().recover());
    }

    /** How much work there is, and how many can do it. */
    public WorkLoad load() {
        return WorkLoad.of(lanes.list(), workers.list());
    }

    /**
     * Puts off delayed retries of heavy work that are nearly due. To be called at least twice within the time they are put
     * off by, while the load is high; afterwards they come by themselves.
     *
     * @param hold false: only counts
     * @return by lane, how many retries are held past their own time
     */
    public Map<String, Long> holdRetries(HeavyWork heavy, boolean hold) {
        return lanes.holdRetries(heavy, hold);
    }

    /** What happens to jobs, for one consumer of a group. A group begins with the oldest result there is. */
    public Results results(String group, String consumer) {
        Results results = new Results(shards, wakes, group, consumer);
        results.announce();
        return results;
    }

    /** The newest result there is now, for {@link #settled}. */
    public String resultsMark() {
        return shards.all().stream()
                .map(shard -> shard.recovery().resultsMark())
                .collect(Collectors.joining(" "));
    }

    /** True if every result up to the mark is acknowledged by all groups, or lost with an emptied Redis. */
    public boolean settled(String mark) {
        String[] marks = mark.split(" ", -1);
        return IntStream.range(0, marks.length)
                .allMatch(number -> shards.all().get(number).recovery().settled(marks[number]));
    }

    /**
     * Hears the progress of all jobs from now on. Progress told while the connection is lost is missed: {@link #snapshots}
     * has the last.
     *
     * @param listener called on Redis' own thread; it must not block
     */
    public AutoCloseable onProgress(Consumer<ProgressUpdate> listener) {
        return redis.subscribe(
                shards.channels("progress"), (channel, message) -> listener.accept(ProgressUpdate.parse(message)));
    }

    /**
     * Hears which of its jobs a worker shall stop. A message may be missed: the next heartbeat tells the same.
     *
     * @param listener called with a job's id on Redis' own thread; it must not block
     */
    public AutoCloseable onCancel(String workerId, Consumer<String> listener) {
        return redis.subscribe(
                shards.channels("cancel:" + workerId), (channel, message) -> listener.accept(Redis.text(message)));
    }

    /** All lanes, in the order in which they are served. */
    public List<LaneState> lanes() {
        return lanes.list();
    }

    /**
     * The numbers of one lane, for a fraction of what {@link #lanes} costs.
     *
     * @throws Failure INVALID_ARGUMENT if there is no lane of that name
     */
    public LaneLimits limits(String lane) {
        return lanes.limits(lane);
    }

    /**
     * Refuses numbers a lane cannot be given.
     *
     * @throws Failure INVALID_ARGUMENT if a cap is above 0 and below the number of shards
     */
    public void checkLimits(LaneLimits limits) {
        lanes.check(limits);
    }

    /**
     * Gives a lane new numbers, from now on and across restarts.
     *
     * @throws Failure as {@link #checkLimits}
     */
    public void setLimits(String lane, LaneLimits limits) {
        lanes.setLimits(lane, limits);
    }

    /** The numbers of the queue as a whole: those ordered last, else those of the configuration. */
    public QueueRules rules() {
        return lanes.rules();
    }

    /** True if the whole queue goes by these numbers; not so while an order has reached some shards only. */
    public boolean isRuledBy(QueueRules rules) {
        return lanes.isRuledBy(rules);
    }

    /** Gives the queue as a whole new numbers, from now on and across restarts, for all its processes. */
    public void setRules(QueueRules rules) {
        lanes.setRules(rules);
    }

    /** Begins no more jobs of a lane; new ones are taken. */
    public void pause(String lane, String by, String reason) {
        lanes.setMode(lane, LaneState.Mode.PAUSED, by, reason);
    }

    /** Takes no more new jobs into a lane; those that wait still run. */
    public void drain(String lane, String by, String reason) {
        lanes.setMode(lane, LaneState.Mode.DRAINING, by, reason);
    }

    /** Lets a lane run again. */
    public void resume(String lane, String by) {
        lanes.setMode(lane, LaneState.Mode.RUNNING, by, "");
    }

    /** The workers there are. */
    public WorkerRegistry workers() {
        return workers;
    }

    /** Stops listening; calls that wait end at their time. */
    @Override
    public void close() {
        wakes.close();
    }
}
