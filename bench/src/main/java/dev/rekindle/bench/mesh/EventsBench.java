package dev.rekindle.bench.mesh;

import com.google.gson.GsonBuilder;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.telemetry.Logs;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Many open subscriptions through one gateway: what memory each takes, and how soon an event is there. */
@Command(
        name = "events",
        description = "Thousands of open subscriptions over gRPC, then over server-sent events: memory of each, and the"
                + " time from publishing to the reader.",
        mixinStandardHelpOptions = true)
public final class EventsBench implements Callable<Integer> {
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final Duration OPEN_MAX = Duration.ofMinutes(5);
    private static final Duration ARRIVE_MAX = Duration.ofMinutes(1);
    private static final int READERS_MAX = 100_000;
    private static final int RATE_MAX = 1_000;
    private static final int WARM_READERS = 500;

    /** Opened and not yet standing at once, so that no queue of connections runs over. */
    private static final int OPENING_MAX = 200;

    /** Files of a process beside its readers' connections. */
    private static final int FILES_SPARE = 1_000;

    private static final List<String> HEAP = List.of("-Xmx2g");
    private static final List<String> MEASURED = List.of("gateway", "events");

    @Option(names = "--readers", defaultValue = "10000", description = "Open at once. Default: ${DEFAULT-VALUE}.")
    private int readers;

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "100,1000",
            description = "Events published a second, one after the other. Default: ${DEFAULT-VALUE}.")
    private List<Integer> rates = List.of();

    @Option(names = "--seconds", defaultValue = "20", description = "Of each rate. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--per-connection",
            defaultValue = "100",
            description = "gRPC streams on one connection. Default: ${DEFAULT-VALUE}.")
    private int perConnection;

    @Option(names = "--json", description = "Only JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (!fits()) {
            return 2;
        }
        Path folder = Files.createTempDirectory("rekindle-bench-");
        Logs.start(Logs.Format.TEXT, "warn", folder.resolve("bench.log").toString());
        Plan plan = new Plan(1, Duration.ZERO, ARRIVE_MAX, Set.of(), 0, folder);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("java", Runtime.version().toString());
        all.put("readers", readers);
        all.put("grpc_streams_per_connection", perConnection);
        boolean whole;
        try (Closer closer = new Closer()) {
            say("starting the mesh, data and logs in " + folder);
            World world = closer.add(World.start(plan, tunings()));
            List<String> unready = new Calm(world).awaitReady(START_MAX);
            if (!unready.isEmpty()) {
                throw new IllegalStateException("Not ready after " + START_MAX.toSeconds() + " s: " + unready);
            }
            Receipts receipts = new Receipts();
            try (Publisher publisher = new Publisher(world, receipts)) {
                warmUp(world, publisher, receipts);
                all.put("grpc", measure(world, publisher, receipts, grpc(world, receipts)));
                all.put("sse", measure(world, publisher, receipts, new SseAudience(world, world.issuer(), receipts)));
            }
            all.put("missing", receipts.missing());
            all.put("doubles", receipts.unexpected());
            whole = receipts.missing() == 0 && receipts.unexpected() == 0;
        }
        all.put(
                "load_average_after",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        System.out.println(new GsonBuilder().setPrettyPrinting().create().toJson(all));
        if (!whole) {
            System.err.println("rekindle: events were lost or came twice; data and logs: " + folder);
            return 1;
        }
        Ground.delete(folder);
        return 0;
    }

    private boolean fits() {
        long filesMax =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        if (readers < WARM_READERS || readers > READERS_MAX || readers > filesMax - FILES_SPARE) {
            System.err.println("rekindle: --readers is " + readers + "; expected " + WARM_READERS + " to "
                    + Math.min(READERS_MAX, filesMax - FILES_SPARE) + ", as a process may have " + filesMax
                    + " files open (ulimit -n)");
            return false;
        }
        if (seconds < 1 || seconds > 600 || perConnection < 1 || perConnection > 1_000) {
            System.err.println("rekindle: --seconds is " + seconds + ", --per-connection " + perConnection
                    + "; expected 1 to 600, 1 to 1000");
            return false;
        }
        if (rates.isEmpty() || rates.stream().anyMatch(rate -> rate < 1 || rate > RATE_MAX)) {
            System.err.println("rekindle: --rates is " + rates + "; expected numbers from 1 to " + RATE_MAX);
            return false;
        }
        return true;
    }

    private Map<String, Tuning> tunings() {
        String most = String.valueOf(readers + 1_000);
        return Map.of(
                "gateway",
                        new Tuning(
                                HEAP,
                                Map.of(
                                        "http.connections_max", most,
                                        "http.streams_per_connection_max", String.valueOf(perConnection),
                                        "limits.requests_max", most,
                                        "limits.streams_max", most)),
                "events", new Tuning(HEAP, Map.of("subscriptions.count_max", most, "rpc.calls_max", most)));
    }

    private GrpcAudience grpc(World world, Receipts receipts) {
        return new GrpcAudience(world, world.issuer(), receipts, perConnection);
    }

    /** Compiles what is measured: both wires, and publishing. */
    private void warmUp(World world, Publisher publisher, Receipts receipts) throws Exception {
        say("warming up");
        for (Audience audience : List.of(grpc(world, receipts), new SseAudience(world, world.issuer(), receipts))) {
            try (audience) {
                open(audience, WARM_READERS);
                publisher.publish(WARM_READERS, RATE_MAX, seconds);
                settle(receipts);
            }
        }
        receipts.drain();
    }

    private Map<String, Object> measure(World world, Publisher publisher, Receipts receipts, Audience audience)
            throws Exception {
        Map<String, Object> figures = new LinkedHashMap<>();
        try (audience) {
            Map<String, Footprint> before = footprints(world);
            say("opening " + readers + " streams: " + audience.getClass().getSimpleName());
            long begun = System.nanoTime();
            open(audience, readers);
            figures.put("opened_in_seconds", (System.nanoTime() - begun) / 1e9);
            footprints(world).forEach((process, now) -> {
                Footprint more = now.minus(before.getOrDefault(process, Footprint.NONE));
                figures.put(process + "_heap_bytes_per_subscription", more.heapBytes() / readers);
                figures.put(process + "_resident_bytes_per_subscription", more.residentBytes() / readers);
            });
            List<Map<String, Object>> told = new ArrayList<>();
            for (int rate : rates) {
                say("publishing " + rate + " events a second");
                double reached = publisher.publish(readers, rate, seconds);
                settle(receipts);
                told.add(times("to one of " + readers + " readers", reached, receipts.drain()));
            }
            say("publishing to all");
            double reached = publisher.publishToAll(readers);
            settle(receipts);
            told.add(times("to all " + readers + " readers at once", reached, receipts.drain()));
            figures.put("told", told);
            figures.put("streams_ended_early", audience.ended());
        }
        return figures;
    }

    private static Map<String, Object> times(String what, double reached, long[] took) {
        Latencies latencies = Latencies.of(took);
        Map<String, Object> times = new LinkedHashMap<>();
        times.put("what", what);
        times.put("published_per_second", reached);
        times.put("receipts", latencies.count());
        times.put("p50_ms", latencies.p50());
        times.put("p99_ms", latencies.p99());
        times.put("max_ms", latencies.max());
        return times;
    }

    private static Map<String, Footprint> footprints(World world) throws Exception {
        Map<String, Footprint> footprints = new LinkedHashMap<>();
        for (String process : MEASURED) {
            footprints.put(process, Footprint.of(world.member(process).handle()));
        }
        return footprints;
    }

    private static void open(Audience audience, int count) throws InterruptedException {
        for (int number = 0; number < count; number++) {
            int opened = number;
            await(() -> opened - audience.ready() < OPENING_MAX, OPEN_MAX, "Streams do not open.");
            audience.open(number);
        }
        await(() -> audience.ready() >= count, OPEN_MAX, "Streams do not open.");
        if (audience.ended() > 0) {
            throw new IllegalStateException(audience.ended() + " of " + count + " streams ended at once.");
        }
    }

    /** Waits for what is due; what does not come by then is missing, and told of at the end. */
    private static void settle(Receipts receipts) throws InterruptedException {
        long end = System.nanoTime() + ARRIVE_MAX.toNanos();
        while (receipts.missing() > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void await(BooleanSupplier condition, Duration max, String otherwise) throws InterruptedException {
        long end = System.nanoTime() + max.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(otherwise);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private void say(String what) {
        if (!json) {
            System.err.println(what);
        }
    }
}
