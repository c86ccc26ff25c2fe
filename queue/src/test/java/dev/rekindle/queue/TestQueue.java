package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.testkit.Servers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A queue of its own in the shared Redis, whose clock a test can turn on. Its lanes have no rate, and caps wide enough not
 * to be felt, unless a test says otherwise.
 */
final class TestQueue implements AutoCloseable {
    static final String FOREVER = "forever_tier";
    static final String PAID = "paid_priority";
    static final String FREE = "free_tier";
    static final int LOW = 1;
    static final int NORMAL = 5;
    static final int HIGH = 10;
    static final int URGENT = 20;
    static final long GIGABYTE = 1L << 30;

    private static final Ids ids = Ids.timeOrdered();

    private final Closer closer = new Closer();
    private final RedisConfig redisConfig;
    private final QueueConfig config;
    private final Redis redis;
    private final Queue queue;
    private volatile Duration shift = Duration.ZERO;

    private TestQueue(RedisConfig redisConfig, QueueConfig config) {
        this.redisConfig = redisConfig;
        this.config = config;
        this.redis = closer.add(Redis.open(redisConfig));
        try {
            this.queue = openAnother(redis);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    /** A new queue; settings, as key and value in turn, go before those of tests. */
    static TestQueue open(String... settings) {
        return open(Servers.redisConfig(), settings);
    }

    static TestQueue open(RedisConfig redis, String... settings) {
        return new TestQueue(redis, config(settings));
    }

    static QueueConfig config(String... settings) {
        Map<String, String> values = new HashMap<>();
        values.put("queue.namespace", "test-" + ids.next());
        for (String lane : List.of(FOREVER, PAID, FREE)) {
            values.put("queue.lane." + lane + ".claims_per_second_max", "0");
            values.put("queue.lane." + lane + ".active_max", "10000");
        }
        for (int i = 0; i < settings.length; i += 2) {
            values.put("queue." + settings[i], settings[i + 1]);
        }
        Settings read = Settings.of(values);
        QueueConfig config = QueueConfig.from(read);
        read.check();
        return config;
    }

    /** Another process' view of the same queue, on the same connection. */
    Queue openAnother() {
        return openAnother(redis);
    }

    /** Another process' view of the same queue, on a connection of its own. */
    Queue openAnotherProcess() {
        return openAnother(closer.add(Redis.open(redisConfig)));
    }

    private Queue openAnother(Redis connection) {
        return closer.add(Queue.open(connection, config, ids, () -> shift));
    }

    Queue queue() {
        return queue;
    }

    QueueConfig config() {
        return config;
    }

    Redis redis() {
        return redis;
    }

    /** Turns the queue's clock on. */
    synchronized void advance(Duration by) {
        shift = shift.plus(by);
    }

    /** Turns the queue's clock to a time. */
    synchronized void turnTo(Instant time) {
        shift = Duration.ofMillis(time.toEpochMilli() - System.currentTimeMillis());
    }

    /** The queue's time, as far as this machine's clock is that of Redis. */
    Instant now() {
        return Instant.ofEpochMilli(shift.toMillis() + System.currentTimeMillis());
    }

    static String newId() {
        return ids.next().toString();
    }

    static List<String> newIds(int count) {
        List<String> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(newId());
        }
        return list;
    }

    static Entry entry(String id, String lane, int priority) {
        return new Entry(
                id, lane, "ai", priority, 1000, 0, Duration.ofMinutes(2), ByteString.copyFromUtf8("work " + id), null);
    }

    static Entry delayed(Entry entry, Instant notBefore) {
        return new Entry(
                entry.id(),
                entry.lane(),
                entry.kind(),
                entry.priority(),
                entry.memoryBytes(),
                entry.attemptsSoFar(),
                entry.attemptTimeout(),
                entry.payload(),
                notBefore);
    }

    static Entry ofKind(Entry entry, String kind, long memoryBytes) {
        return new Entry(
                entry.id(),
                entry.lane(),
                kind,
                entry.priority(),
                memoryBytes,
                entry.attemptsSoFar(),
                entry.attemptTimeout(),
                entry.payload(),
                entry.notBefore());
    }

    static Entry retry(Entry entry, int attemptsSoFar) {
        return new Entry(
                entry.id(),
                entry.lane(),
                entry.kind(),
                entry.priority(),
                entry.memoryBytes(),
                attemptsSoFar,
                entry.attemptTimeout(),
                entry.payload(),
                entry.notBefore());
    }

    /** Enqueues a normal job and answers its id. */
    String enqueue(String lane) {
        return enqueue(lane, NORMAL);
    }

    String enqueue(String lane, int priority) {
        String id = newId();
        assertThat(queue.enqueue(List.of(entry(id, lane, priority)))).isEqualTo(1);
        return id;
    }

    static Claimer worker(String id) {
        return new Claimer(id, Set.of("ai", "image", "video"), GIGABYTE);
    }

    /** What a worker that can do all gets at once. */
    List<Claim> claim(int max) {
        return claim(worker("w1"), max);
    }

    List<Claim> claim(Claimer who, int max) {
        try {
            return queue.claim(who, max, Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    List<String> claimIds(int max) {
        return claim(max).stream().map(Claim::id).toList();
    }

    /** Enqueues a paid job and claims it. */
    Claim start() {
        String id = enqueue(PAID);
        Claim claim = claimOne();
        assertThat(claim.id()).isEqualTo(id);
        return claim;
    }

    boolean complete(Claim claim) {
        return queue.finish(claim, Ending.COMPLETED, bytes("done"));
    }

    /** The one job there is to claim. */
    Claim claimOne() {
        List<Claim> claims = claim(1);
        assertThat(claims).hasSize(1);
        return claims.getFirst();
    }

    Snapshot snapshot(String id) {
        Snapshot snapshot = queue.snapshots(List.of(id)).get(id);
        assertThat(snapshot).isNotNull();
        return snapshot == null ? new Snapshot.Absent() : snapshot;
    }

    /** All results not read before, in a group of this name. */
    List<ResultEntry> results(String group) {
        Results results = queue.results(group, "reader");
        List<ResultEntry> all = new ArrayList<>();
        try {
            while (true) {
                List<ResultEntry> some = results.read(1000, Duration.ZERO);
                if (some.isEmpty()) {
                    return all;
                }
                results.ack(some);
                all.addAll(some);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** The keys of the first shard, without what all of them begin with. */
    List<String> keys() {
        return keys(0);
    }

    private List<String> keys(int shard) {
        String prefix = prefix(shard);
        List<String> found = redis.sync().keys(prefix.replace("{", "\\{") + "*");
        return found.stream()
                .map(key -> key.substring(prefix.length()))
                .sorted()
                .toList();
    }

    /** Nothing of any job is left; lanes, counts and times may be. */
    void assertEmpty() {
        assertEmpty(0);
    }

    /** The same of one shard. */
    void assertEmpty(int shard) {
        assertThat(keys(shard))
                .allMatch(key ->
                        key.matches("lanes|shards|kinds|groups|idle|reading|turn|rates|results|workers|worker_.*")
                                || key.matches("(lane|stats|times|over|lost|cursor):.*"));
    }

    String prefix() {
        return prefix(0);
    }

    String prefix(int shard) {
        return config.namespace() + ":{q" + shard + "}:";
    }

    @Override
    public void close() {
        closer.close();
    }
}
