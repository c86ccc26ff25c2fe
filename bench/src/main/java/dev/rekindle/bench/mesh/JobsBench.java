package dev.rekindle.bench.mesh;

import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.ResumeLaneRequest;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.telemetry.Logs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole way of a job: CreateJob through the gateway, with its charge and its commit, to the start on a worker. */
@Command(
        name = "jobs",
        description =
                "How fast jobs are created through the gateway, paid and committed, and begun; and where time goes.",
        mixinStandardHelpOptions = true)
public final class JobsBench implements Callable<Integer> {
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final Duration QUIET_MAX = Duration.ofMinutes(2);
    private static final String LANE = "forever_tier";
    private static final int IN_FLIGHT = 16;
    private static final int STARTS = 30;
    private static final List<String> SERVICES = List.of("jobs", "credits", "events");
    private static final Pattern SERVED = Pattern.compile(
            "grpc_server_processing_duration_seconds_(count|sum)\\{.*?method=\"(\\w+)\".*?} ([0-9.eE+-]+)");

    @Option(names = "--jobs", defaultValue = "1000", description = "Jobs created at each pace (default 1000).")
    private int count;

    /** Calls served and the seconds they took in all. */
    private record Served(double calls, double seconds) {
        Served plus(Served other) {
            return new Served(calls + other.calls, seconds + other.seconds);
        }

        Served minus(Served other) {
            return new Served(calls - other.calls, seconds - other.seconds);
        }
    }

    @Override
    public Integer call() throws Exception {
        if (count < 10 || count > 20_000) {
            System.err.println("rekindle: --jobs is " + count + "; expected 10 to 20000");
            return 2;
        }
        Path folder = Files.createTempDirectory("rekindle-bench-");
        Logs.start(Logs.Format.TEXT, "warn", folder.resolve("bench.log").toString());
        Plan plan = new Plan(1, Duration.ZERO, QUIET_MAX, Set.of(), 1, folder);
        try (Closer closer = new Closer()) {
            World world = closer.add(World.start(plan));
            List<String> unready = new Calm(world).awaitReady(START_MAX);
            if (!unready.isEmpty()) {
                throw new IllegalStateException("Not ready after " + START_MAX.toSeconds() + " s: " + unready);
            }
            Diary diary = new Diary();
            Caller operator =
                    closer.add(new Caller("admin", world.gatewayPort(), world.issuer(), diary, Role.ROLE_ADMIN));
            List<Owner> users = new ArrayList<>();
            for (int i = 0; i < IN_FLIGHT; i++) {
                String name = "bench-" + i;
                Caller user = closer.add(new Caller(name, world.gatewayPort(), world.issuer(), diary, Role.ROLE_USER));
                users.add(Owner.prepare(operator, user, 10 * count + 10_000));
            }
            measure(world, operator, users);
        }
        Ground.delete(folder);
        return 0;
    }

    private void measure(World world, Caller operator, List<Owner> users) throws Exception {
        List<Owner> one = users.subList(0, 1);
        begin(one.getFirst(), 5);
        begun("CreateJob to the start on a worker, idle", begin(one.getFirst(), STARTS));
        var lanes = QueuesServiceGrpc.newBlockingStub(operator.channel());
        PauseLaneRequest pause = PauseLaneRequest.newBuilder()
                .setLane(LANE)
                .setReason("creation is timed")
                .build();
        if (!lanes.pauseLane(pause).hasLane()) {
            throw new IllegalStateException("The lane is not paused.");
        }
        create(users, Math.min(count, 200));
        Map<String, Served> before = served(world);
        created("CreateJob, one after the other", create(one, count));
        where(before, served(world));
        before = served(world);
        created("CreateJob, " + IN_FLIGHT + " users at once", create(users, count));
        where(before, served(world));
        lanes.resumeLane(ResumeLaneRequest.newBuilder().setLane(LANE).build());
    }

    /** Nanoseconds from the call to the start, job by job; each is waited for before the next. */
    private static long[] begin(Owner owner, int jobs) {
        Caller user = owner.user();
        long[] took = new long[jobs];
        for (int i = 0; i < jobs; i++) {
            long begun = System.nanoTime();
            Job job = user.jobs().createJob(owner.wish()).getJob();
            var changes = user.jobStreams()
                    .watchJob(WatchJobRequest.newBuilder().setJobId(job.getId()).build());
            boolean started = false;
            while (changes.hasNext()) {
                JobState state = changes.next().getJob().getState();
                if (!started && state == JobState.JOB_STATE_PROCESSING) {
                    took[i] = System.nanoTime() - begun;
                    started = true;
                }
            }
        }
        return took;
    }

    /** Creates jobs, each owner one at a time. Nanoseconds of each call, and of all. */
    private static Created create(List<Owner> owners, int jobs) throws Exception {
        long[] took = new long[jobs];
        AtomicInteger next = new AtomicInteger();
        long begun = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (Owner owner : owners) {
                all.add(threads.submit(() -> {
                    int done = 0;
                    for (int place = next.getAndIncrement(); place < jobs; place = next.getAndIncrement()) {
                        long from = System.nanoTime();
                        if (!owner.user().jobs().createJob(owner.wish()).hasJob()) {
                            throw new IllegalStateException("No job was created.");
                        }
                        took[place] = System.nanoTime() - from;
                        done++;
                    }
                    return done;
                }));
            }
            int done = 0;
            for (Future<Integer> one : all) {
                done += one.get();
            }
            return new Created(done, took, System.nanoTime() - begun);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Created(int jobs, long[] took, long nanos) {}

    private static void created(String what, Created created) {
        System.out.printf("%-44s %8.1f a second%n", what, created.jobs() * 1e9 / created.nanos());
        begun(what, created.took());
    }

    private static void begun(String what, long[] took) {
        Latencies latencies = Latencies.of(took);
        System.out.printf("%-44s %8.2f ms p50 %8.2f ms p99%n", what, latencies.p50(), latencies.p99());
    }

    /** By service and method, what was served so far. */
    private static Map<String, Served> served(World world) throws IOException, InterruptedException {
        Map<String, Served> all = new TreeMap<>();
        for (String service : SERVICES) {
            Matcher line = SERVED.matcher(world.metrics(service));
            while (line.find()) {
                double value = Double.parseDouble(line.group(3));
                Served more = line.group(1).equals("count") ? new Served(value, 0) : new Served(0, value);
                all.merge("  " + service + "." + line.group(2), more, Served::plus);
            }
        }
        return all;
    }

    private static void where(Map<String, Served> before, Map<String, Served> after) {
        after.forEach((name, until) -> {
            Served served = until.minus(before.getOrDefault(name, new Served(0, 0)));
            if (served.calls() > 0) {
                System.out.printf(
                        "%-44s %8.0f calls, %.2f ms each%n",
                        name, served.calls(), served.seconds() * 1e3 / served.calls());
            }
        });
    }
}
