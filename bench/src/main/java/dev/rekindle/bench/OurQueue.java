package dev.rekindle.bench;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Claimer;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.Entry;
import dev.rekindle.queue.Finish;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import dev.rekindle.queue.ResultEntry;
import dev.rekindle.queue.Results;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What is measured of our queue: with lanes, leases and results as in production, their consumer included. */
final class OurQueue {
    private static final Duration RECOVERY_MAX = Duration.ofMinutes(2);
    private static final String LANE = "paid_priority";
    private static final String KIND = "ai";
    private static final Claimer WORKER = claimer("bench");

    private final int port;
    private final Sizes sizes;
    private final ByteString payload;
    private final Ids ids = Ids.timeOrdered();
    private final Map<String, Double> figures = new LinkedHashMap<>();

    private OurQueue(int port, Sizes sizes) {
        this.port = port;
        this.sizes = sizes;
        this.payload = ByteString.copyFromUtf8("x".repeat(sizes.payload()));
    }

    static Claimer claimer(String name) {
        return new Claimer(name, Set.of(KIND), 1L << 50);
    }

    /** One thing measured on a queue of its own. */
    private interface Measured {
        void on(Queue queue) throws Exception;
    }

    static Map<String, Double> measure(int port, Sizes sizes) throws Exception {
        OurQueue ours = new OurQueue(port, sizes);
        ours.alone("enqueue", ours::enqueue);
        ours.alone("process1", queue -> ours.process(queue, 1, sizes.single()));
        ours.alone("process50", queue -> ours.process(queue, 50, sizes.many()));
        ours.alone("latency", ours::latency);
        for (int depth : sizes.depths()) {
            ours.alone("claim" + depth, queue -> ours.claim(queue, depth));
        }
        ours.alone(Holder.NAMESPACE, ours::recovery);
        return ours.figures;
    }

    /** As in production, without the caps of lanes and rates: what is measured is the queue, not its patience. */
    static Settings settings(int port, String namespace) {
        return Settings.of(new HashMap<>(Map.of(
                "redis.url",
                "redis://127.0.0.1:" + port,
                "queue.namespace",
                namespace,
                "queue.lane." + LANE + ".active_max",
                "10000",
                "queue.lane." + LANE + ".claims_per_second_max",
                "0",
                "queue.lane." + LANE + ".waiting_max",
                "10000000")));
    }

    private void alone(String namespace, Measured measured) throws Exception {
        Settings all = settings(port, namespace);
        try (Closer closer = new Closer()) {
            Redis redis = closer.add(Redis.open(RedisConfig.from(all)));
            Queue queue = closer.add(Queue.open(redis, QueueConfig.from(all)));
            Results results = queue.results("jobs", "bench");
            closer.add(Loop.start("results", Duration.ofMillis(10), () -> {
                List<ResultEntry> read = results.read(200, Duration.ofMillis(200));
                putBack(queue, read);
                results.ack(read);
                return true;
            }));
            closer.add(Loop.start("recover", Duration.ofSeconds(1), () -> queue.recover() < 0));
            measured.on(queue);
            redis.sync().flushall();
        }
    }

    /** What the jobs service does for jobs whose worker died, here with no delay. */
    private void putBack(Queue queue, List<ResultEntry> results) {
        List<Entry> lost = results.stream()
                .filter(result -> result.type() == ResultEntry.Type.LOST)
                .map(result -> entry(result.id(), result.attempt()))
                .toList();
        queue.enqueueAgain(lost);
    }

    private Entry entry() {
        return entry(ids.next().toString(), 0);
    }

    private Entry entry(String id, int attempts) {
        return new Entry(id, LANE, KIND, 5, 0, attempts, Duration.ofMinutes(2), payload, null);
    }

    private List<Entry> entries(int count) {
        return Stream.generate(this::entry).limit(count).toList();
    }

    private void fill(Queue queue, int count) {
        for (int done = 0; done < count; done += sizes.bulk()) {
            queue.enqueue(entries(Math.min(sizes.bulk(), count - done)));
        }
    }

    private void rate(String name, int count, long begunNanos) {
        figures.put(name + "_per_second", count * 1e9 / (System.nanoTime() - begunNanos));
    }

    private void quantiles(String name, long[] nanos) {
        Arrays.sort(nanos);
        figures.put(name + "_p50_ms", nanos[nanos.length / 2] / 1e6);
        figures.put(name + "_p99_ms", nanos[(int) (nanos.length * 0.99)] / 1e6);
    }

    private void enqueue(Queue queue) throws Exception {
        for (int i = 0; i < sizes.warm(); i++) {
            queue.enqueue(List.of(entry()));
        }
        long begun = System.nanoTime();
        for (int i = 0; i < sizes.one(); i++) {
            queue.enqueue(List.of(entry()));
        }
        rate("enqueue_one_by_one", sizes.one(), begun);
        AtomicInteger left = new AtomicInteger(sizes.flight());
        begun = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(threads.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        queue.enqueue(List.of(entry()));
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        rate("enqueue_50_in_flight", sizes.flight(), begun);
        begun = System.nanoTime();
        fill(queue, sizes.bulked());
        rate("enqueue_bulk", sizes.bulked(), begun);
    }

    /** Empty jobs, so many at once: a worker's slots are filled together and what ended together is told together. */
    private void process(Queue queue, int slots, int count) throws InterruptedException {
        fill(queue, count + sizes.warm());
        work(queue, slots, sizes.warm());
        long begun = System.nanoTime();
        work(queue, slots, count);
        rate("process_" + slots, count, begun);
    }

    private static void work(Queue queue, int slots, int count) throws InterruptedException {
        List<Finish> ended = List.of();
        for (int left = count; left > 0; ) {
            List<Claim> claims = queue.finishAndClaim(ended, WORKER, Math.min(slots, left), Duration.ofSeconds(5))
                    .claims();
            ended = claims.stream()
                    .map(claim -> new Finish(claim, Ending.COMPLETED, ByteString.EMPTY))
                    .toList();
            left -= claims.size();
        }
        List<Boolean> ignored = queue.finish(ended);
    }

    private void claim(Queue queue, int waiting) throws InterruptedException {
        fill(queue, waiting);
        long[] took = new long[sizes.claims()];
        for (int i = -sizes.warm(); i < took.length; i++) {
            long begun = System.nanoTime();
            Claim claim = queue.claim(WORKER, 1, Duration.ZERO).getFirst();
            if (i >= 0) {
                took[i] = System.nanoTime() - begun;
            }
            queue.finish(claim, Ending.COMPLETED, ByteString.EMPTY);
            queue.enqueue(List.of(entry()));
        }
        quantiles("claim_at_" + waiting, took);
    }

    /** From the kill of a worker until all it held runs again elsewhere, with the times of leases as they are. */
    private void recovery(Queue queue) throws Exception {
        int held = sizes.held();
        queue.enqueue(entries(held));
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        String.valueOf(port),
                        String.valueOf(held))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String said = holder.inputReader()
                    .lines()
                    .filter(Holder.HELD::equals)
                    .findFirst()
                    .orElse("");
            if (said.isEmpty()) {
                throw new IllegalStateException("The worker to be killed ended by itself.");
            }
        } finally {
            holder.destroyForcibly().waitFor();
        }
        long begun = System.nanoTime();
        long deadline = begun + RECOVERY_MAX.toNanos();
        int again = 0;
        while (again < held && System.nanoTime() < deadline) {
            again += queue.claim(WORKER, held - again, Duration.ofSeconds(1)).size();
        }
        figures.put("recovery_after_kill_ms", again < held ? Double.NaN : (System.nanoTime() - begun) / 1e6);
    }

    private void latency(Queue queue) throws Exception {
        SynchronousQueue<Long> starts = new SynchronousQueue<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int count = 20 + sizes.starts();
            Future<?> worker = threads.submit(() -> {
                for (int done = 0; done < count; ) {
                    for (Claim claim : queue.claim(WORKER, 1, Duration.ofSeconds(5))) {
                        starts.put(System.nanoTime());
                        queue.finish(claim, Ending.COMPLETED, ByteString.EMPTY);
                        done++;
                    }
                }
                return count;
            });
            long[] took = new long[sizes.starts()];
            for (int i = -20; i < took.length; i++) {
                TimeUnit.MILLISECONDS.sleep(10);
                long begun = System.nanoTime();
                queue.enqueue(List.of(entry()));
                long start = starts.take();
                if (i >= 0) {
                    took[i] = start - begun;
                }
            }
            worker.get();
            quantiles("enqueue_to_start", took);
        }
    }
}
