package dev.rekindle.bench.mesh;

import com.google.gson.GsonBuilder;
import dev.rekindle.bench.mesh.Wires.Read;
import dev.rekindle.bench.mesh.Wires.Wire;
import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.telemetry.Logs;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the gateway costs: the same reads directly at the service and through it, over every wire. */
@Command(
        name = "gateway",
        description = "Unary calls over gRPC to the service, and by the gateway over gRPC, gRPC-Web and REST:"
                + " throughput, times and processor time, and their ratios.",
        mixinStandardHelpOptions = true)
public final class GatewayBench implements Callable<Integer> {
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final Duration QUIET_MAX = Duration.ofMinutes(2);
    private static final String USER = "bench-0";
    private static final int JOBS = 20;
    private static final int CALLERS_WARM = 50;
    private static final List<Integer> CALLERS = List.of(1, 50);

    @Option(names = "--seconds", defaultValue = "4", description = "Of each measurement. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--warm", defaultValue = "8", description = "Seconds of each before clocks run (${DEFAULT-VALUE}).")
    private int warm;

    @Option(names = "--rounds", defaultValue = "3", description = "Of all wires in turn; their median counts.")
    private int rounds;

    @Option(names = "--rate-limits", description = "Calls are counted in Redis, as in production; none is refused.")
    private boolean rateLimits;

    @Option(names = "--record", description = "Where a recording of the gateway by JDK Flight Recorder goes to.")
    private @Nullable Path recording;

    @Option(names = "--set", description = "A setting of the gateway, as in --set telemetry.sampled_share=0.")
    private Map<String, String> settings = Map.of();

    @Option(names = "--json", description = "Only JSON.")
    private boolean json;

    /** The sums of the rounds of one wire. */
    private static final class Sums {
        private final List<long[]> took = new ArrayList<>();
        private final List<Double> rates = new ArrayList<>();
        private final Map<String, Double> cpuMicros = new HashMap<>();

        int calls() {
            return took.stream().mapToInt(part -> part.length).sum();
        }

        double cpuMicros(String process) {
            return cpuMicros.getOrDefault(process, 0.0) / calls();
        }
    }

    @Override
    public Integer call() throws Exception {
        if (seconds < 1 || seconds > 600 || warm < 0 || warm > 600 || rounds < 1 || rounds > 99) {
            System.err.println("rekindle: --seconds is " + seconds + ", --warm " + warm + ", --rounds " + rounds
                    + "; expected 1 to 600, 0 to 600, 1 to 99");
            return 2;
        }
        Path folder = Files.createTempDirectory("rekindle-bench-");
        Logs.start(Logs.Format.TEXT, "warn", folder.resolve("bench.log").toString());
        Plan plan = new Plan(1, Duration.ZERO, QUIET_MAX, Set.of(), 1, folder);
        List<Map<String, Object>> figures = new ArrayList<>();
        try (Closer closer = new Closer()) {
            say("starting the mesh, data and logs in " + folder);
            World world = closer.add(World.start(plan, tunings()));
            List<String> unready = new Calm(world).awaitReady(START_MAX);
            if (!unready.isEmpty()) {
                throw new IllegalStateException("Not ready after " + START_MAX.toSeconds() + " s: " + unready);
            }
            Wires wires = closer.add(new Wires(world, USER, jobs(world, closer)));
            say("warming up");
            for (Read read : Read.values()) {
                for (Wire wire : Wire.values()) {
                    CallLoad.run(CALLERS_WARM, Duration.ofSeconds(warm), () -> wires.call(wire, read));
                }
            }
            for (Read read : Read.values()) {
                for (int callers : CALLERS) {
                    say("measuring " + read.label() + " with " + callers + " at once");
                    figures.addAll(figures(read, callers, measure(world, wires, read, callers)));
                }
            }
        }
        print(figures);
        Ground.delete(folder);
        return 0;
    }

    private Map<String, Tuning> tunings() {
        Map<String, String> gateway = new HashMap<>(settings);
        if (rateLimits) {
            gateway.put("rate_limits.enabled", "true");
            for (String whose : List.of("address", "user")) {
                gateway.put("rate_limits." + whose + ".per_second", "1000000");
                gateway.put("rate_limits." + whose + ".burst", "1000000");
            }
        }
        List<String> options = recording == null
                ? List.of()
                : List.of("-XX:StartFlightRecording=settings=profile,filename=" + recording.toAbsolutePath());
        return Map.of("gateway", new Tuning(options, gateway));
    }

    /** Makes a user with as many completed jobs as a page takes; the id of the last. */
    private static String jobs(World world, Closer closer) throws Exception {
        Diary diary = new Diary();
        Caller operator = closer.add(new Caller("admin", world.gatewayPort(), world.issuer(), diary, Role.ROLE_ADMIN));
        Caller user = closer.add(new Caller(USER, world.gatewayPort(), world.issuer(), diary, Role.ROLE_USER));
        Owner owner = Owner.prepare(operator, user, 10_000);
        String id = "";
        for (int i = 0; i < JOBS; i++) {
            id = user.jobs().createJob(owner.wish()).getJob().getId();
            var changes = user.jobStreams()
                    .watchJob(WatchJobRequest.newBuilder().setJobId(id).build());
            while (changes.hasNext()) {
                changes.next(); // to the end: a job that waits costs its readers a look into the queue
            }
        }
        return id;
    }

    private Map<Wire, Sums> measure(World world, Wires wires, Read read, int callers) throws Exception {
        Map<Wire, Sums> sums = new EnumMap<>(Wire.class);
        for (int round = 0; round < rounds; round++) {
            for (Wire wire : Wire.values()) {
                Map<String, Duration> before = cpu(world);
                CallLoad.Ran ran = CallLoad.run(callers, Duration.ofSeconds(seconds), () -> wires.call(wire, read));
                Sums sum = sums.computeIfAbsent(wire, _ -> new Sums());
                sum.took.add(ran.took());
                sum.rates.add(ran.took().length * 1e9 / ran.nanos());
                cpu(world)
                        .forEach((name, used) -> sum.cpuMicros.merge(
                                name,
                                used.minus(before.getOrDefault(name, Duration.ZERO))
                                                .toNanos()
                                        / 1e3,
                                Double::sum));
            }
        }
        return sums;
    }

    /** Processor time so far of the gateway, of the service behind it, and of this process, which calls. */
    private static Map<String, Duration> cpu(World world) {
        return Map.of(
                "gateway", cpu(world.member("gateway").handle()),
                "service", cpu(world.member("jobs").handle()),
                "client", cpu(ProcessHandle.current()));
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    private static List<Map<String, Object>> figures(Read read, int callers, Map<Wire, Sums> all) {
        List<Map<String, Object>> figures = new ArrayList<>();
        Sums direct = all.getOrDefault(Wire.DIRECT, new Sums());
        Latencies directTook = Latencies.of(CallLoad.joined(direct.took));
        all.forEach((wire, sums) -> {
            Latencies took = Latencies.of(CallLoad.joined(sums.took));
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < sums.rates.size(); round++) {
                ratios.add(sums.rates.get(round) / direct.rates.get(round));
            }
            double service = sums.cpuMicros("service");
            double gateway = sums.cpuMicros("gateway");
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("read", read.label());
            line.put("callers", callers);
            line.put("wire", wire.label());
            line.put("calls", sums.calls());
            line.put("calls_per_second", median(sums.rates));
            line.put("p50_ms", took.p50());
            line.put("p99_ms", took.p99());
            line.put("gateway_cpu_us_per_call", gateway);
            line.put("service_cpu_us_per_call", service);
            line.put("client_cpu_us_per_call", sums.cpuMicros("client"));
            line.put("throughput_ratio", median(ratios));
            line.put(
                    "throughput_ratio_lowest",
                    ratios.stream().min(Double::compare).orElseThrow());
            line.put(
                    "throughput_ratio_highest",
                    ratios.stream().max(Double::compare).orElseThrow());
            line.put("p50_ratio", took.p50() / directTook.p50());
            line.put("p99_ratio", took.p99() / directTook.p99());
            line.put("server_cpu_ratio", (gateway + service) / direct.cpuMicros("service"));
            figures.add(line);
        });
        return figures;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private void say(String what) {
        if (!json) {
            System.err.println(what);
        }
    }

    private void print(List<Map<String, Object>> figures) {
        if (!json) {
            table(System.out, figures);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("java", Runtime.version().toString());
        all.put(
                "load_average_after",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        all.put("seconds", seconds);
        all.put("rounds", rounds);
        all.put("rate_limits", rateLimits);
        all.put("gateway_settings", settings);
        all.put("figures", figures);
        System.out.println(new GsonBuilder()
                .serializeSpecialFloatingPointValues()
                .setPrettyPrinting()
                .create()
                .toJson(all));
    }

    private static void table(PrintStream out, List<Map<String, Object>> figures) {
        String before = "";
        for (Map<String, Object> line : figures) {
            String title = line.get("read") + ", " + line.get("callers") + " at once";
            if (!title.equals(before)) {
                out.printf(
                        "%n%-28s %9s %9s %9s %12s %8s %8s %8s%n",
                        title, "calls/s", "p50 ms", "p99 ms", "gateway µs", "calls ×", "p99 ×", "CPU ×");
                before = title;
            }
            out.printf(
                    "%-28s %9.0f %9.2f %9.2f %12.0f %8.2f %8.2f %8.2f%n",
                    line.get("wire"),
                    number(line, "calls_per_second"),
                    number(line, "p50_ms"),
                    number(line, "p99_ms"),
                    number(line, "gateway_cpu_us_per_call"),
                    number(line, "throughput_ratio"),
                    number(line, "p99_ratio"),
                    number(line, "server_cpu_ratio"));
        }
    }

    private static double number(Map<String, Object> line, String name) {
        return line.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
