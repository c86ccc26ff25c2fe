package dev.rekindle.app;

import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.CreditsMain;
import dev.rekindle.embedded.FreePorts;
import dev.rekindle.events.EventsMain;
import dev.rekindle.gateway.GatewayMain;
import dev.rekindle.jobs.JobsMain;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.HealthServer;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.ProcessingMain;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.processing.worker.WorkerSupervisor;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All of Rekindle on one machine: the stores, the four services and the gateway in this process, the workers in
 * processes of their own. Between the rooms there is the same gRPC as between machines.
 */
final class OneMachine implements AutoCloseable {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration READY_MAX = Duration.ofMinutes(2);
    private static final Duration SCALE_EVERY = Duration.ofSeconds(2);
    private static final long WORKER_HEAP_BYTES = 512L << 20;
    /** Longer while start-up caches are made: a JVM writes what it has noted when it ends. */
    private static final Duration WORKERS_END_MAX =
            Duration.ofSeconds(Integer.getInteger("rekindle.workers_end_max_seconds", 6));

    private static final List<String> SERVICES = List.of("events", "credits", "processing", "jobs");

    /**
     * What a person may choose.
     *
     * @param port of the gateway; 0 takes a free one
     * @param host address the gateway listens on
     * @param home the project's folder, with the pages
     * @param runPodFake has a stand-in for RunPod do the work
     * @param certificates by which services prove themselves to each other; null: they speak in clear
     */
    record Options(
            String host,
            int port,
            Path data,
            Path home,
            WorkerRange workers,
            boolean runPodFake,
            @Nullable Path certificates) {
        /** Without a stand-in for RunPod, and in clear. */
        Options(String host, int port, Path data, Path home, WorkerRange workers) {
            this(host, port, data, home, workers, false, null);
        }
    }

    private final Closer closer;
    private final int port;
    private final WorkerSupervisor workers;
    private final Secrets secrets;
    private final String cloudUrl;

    private OneMachine(Closer closer, int port, WorkerSupervisor workers, Secrets secrets, String cloudUrl) {
        this.closer = closer;
        this.port = port;
        this.workers = workers;
        this.secrets = secrets;
        this.cloudUrl = cloudUrl;
    }

    /**
     * Starts everything and waits until it is ready.
     *
     * @throws CannotStart with one clear line; what had started is ended again
     */
    static OneMachine start(Options options) throws InterruptedException {
        Closer closer = new Closer();
        try {
            return start(options, closer);
        } catch (IOException e) {
            closer.close();
            throw new CannotStart("Rekindle cannot start: " + e.getMessage());
        } catch (InterruptedException | RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private static OneMachine start(Options options, Closer closer) throws InterruptedException, IOException {
        int port = options.port() == 0 ? FreePorts.next() : options.port();
        requireFree(options.host(), port);
        DataFolder data = closer.add(DataFolder.take(options.data()));
        Secrets secrets = Secrets.open(data.path("secrets.properties"));
        Stores stores = closer.add(Stores.start(data, secrets));
        Telemetry telemetry = closer.add(Telemetry.start("rekindle", Settings.of(Map.of())));
        Map<String, Integer> ports = new HashMap<>();
        for (String service : SERVICES) {
            ports.put(service, FreePorts.next());
        }
        ServiceSettings settings = new ServiceSettings(stores, secrets, ports, options.certificates());
        String gatewayHost = options.host().equals("0.0.0.0") ? "127.0.0.1" : options.host();
        URI gatewayAddress = URI.create("http://" + gatewayHost + ":" + port);
        Map<String, String> cloud =
                CloudEngine.start(System.getenv(), options.runPodFake(), gatewayAddress, secrets, closer);
        Map<String, String> outside = new HashMap<>(cloud);
        outside.putAll(OwnModels.settings(System.getenv(), data.path("models")));
        outside.putAll(Environment.settings(System.getenv(), "CONTENT_CHECK_"));
        WorkerSupervisor workers = closer.add(startWorkers(options, data, settings, outside));
        Map<String, String> payments = Payments.start(System.getenv(), gatewayAddress, data, secrets, closer);
        Map<String, String> jobs = new HashMap<>(Offered.settings(System.getenv()));
        jobs.put("scaling.workers_min", String.valueOf(options.workers().min()));
        jobs.put("scaling.workers_max", String.valueOf(options.workers().max()));
        jobs.put("scaling.places_usual", String.valueOf(places(options)));
        Map<String, String> engines =
                Map.of("engines.runpod", String.valueOf(CloudEngine.isThere(System.getenv(), options.runPodFake())));
        Map<String, String> telling = Telling.settings(System.getenv(), gatewayAddress, secrets);
        List<Health> healths = startServices(
                closer,
                settings,
                Map.of("credits", payments, "jobs", jobs, "processing", engines, "events", telling),
                telemetry);
        String gatewayPort = String.valueOf(port);
        Map<String, String> gateway = new HashMap<>(Map.of(
                "http.host",
                options.host(),
                "http.port",
                gatewayPort,
                "auth.embedded_signin",
                "true",
                "auth.embedded.private_key",
                secrets.get("signin.key")));
        Path pages = options.home().resolve("web/dist");
        if (Files.exists(pages.resolve("index.html"))) {
            gateway.put("web.root", pages.toString());
        }
        healths.add(closer.add(GatewayMain.start(settings.of("gateway", gateway), telemetry, CLOCK))
                .health());
        closer.add(HealthServer.start(new HealthServer.Config("127.0.0.1", 0), healths.getLast(), telemetry));
        awaitReady(healths, stores, workers);
        if (!options.workers().isFixed()) {
            LocalSession session = closer.add(new LocalSession(secrets, port));
            ScaleWorkers.Mesh mesh =
                    ScaleWorkers.on(() -> session.as("supervisor", Role.ROLE_ADMIN), OneMachine::workerId);
            ScaleWorkers scale = new ScaleWorkers(mesh, workers);
            closer.add(Loop.start("scale-workers", SCALE_EVERY, scale::run));
        }
        RunFile.write(data.path(RunFile.NAME), port);
        closer.add(() -> Files.deleteIfExists(data.path(RunFile.NAME)));
        return new OneMachine(closer, port, workers, secrets, cloud.getOrDefault("runpod.base_url", ""));
    }

    private static List<Health> startServices(
            Closer closer, ServiceSettings settings, Map<String, Map<String, String>> more, Telemetry telemetry)
            throws InterruptedException {
        List<Health> healths = new ArrayList<>();
        // Platform threads: starting initialises classes, and a virtual thread that waits for that holds its carrier.
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<ProcessMain.Running>> started = new ArrayList<>();
            for (String service : SERVICES) {
                ProcessMain.Starter starter = starter(service);
                Settings own = settings.of(service, more.getOrDefault(service, Map.of()));
                started.add(threads.submit(() -> closer.add(starter.start(own, telemetry, CLOCK))));
            }
            for (Future<ProcessMain.Running> service : started) {
                healths.add(service.get().health());
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof RuntimeException failed
                    ? failed
                    : new CannotStart("A service does not start: " + cause.getMessage());
        }
        return healths;
    }

    private static ProcessMain.Starter starter(String service) {
        return switch (service) {
            case "events" -> EventsMain::start;
            case "credits" -> CreditsMain::start;
            case "processing" -> ProcessingMain::start;
            case "jobs" -> JobsMain::start;
            case String other -> throw new IllegalArgumentException(other);
        };
    }

    private static WorkerSupervisor startWorkers(
            Options options, DataFolder data, ServiceSettings settings, Map<String, String> engines)
            throws IOException {
        Path logs = Files.createDirectories(data.path("logs"));
        return WorkerSupervisor.start(
                new WorkerSupervisor.Config(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        System.getProperty("java.class.path"),
                        workerOptions(logs),
                        WORKER_HEAP_BYTES,
                        workerMemory(options.workers().max()),
                        WORKERS_END_MAX,
                        number -> settings.worker(
                                engines,
                                Map.of(
                                        "worker.id", workerId(number),
                                        "worker.concurrency", String.valueOf(places(options)),
                                        "worker.folder",
                                                data.path("work/" + number).toString(),
                                        "worker.drain_max", "3s",
                                        "log.file",
                                                logs.resolve("worker-" + number + ".log")
                                                        .toString()))),
                options.workers().min());
    }

    private static String workerId(int number) {
        return "worker-" + number + "-" + ProcessHandle.current().pid();
    }

    /** Jobs each worker runs at once: all workers together as many as there are cores. */
    private static int places(Options options) {
        return Math.clamp(
                Runtime.getRuntime().availableProcessors() / options.workers().max(), 1, 3);
    }

    /**
     * What the command that started this JVM wants workers' JVMs to be given: the cache that makes them start fast. What
     * is said of a crash in native code goes to the logs, not to the folder one happens to be in.
     */
    private static List<String> workerOptions(Path logs) {
        Stream<String> given = Arrays.stream(
                        System.getProperty("rekindle.worker_options", "").split(" "))
                .filter(option -> !option.isBlank());
        return Stream.concat(given, Stream.of("-XX:ErrorFile=" + logs.resolve("worker-crash-%p.log")))
                .toList();
    }

    /** Half of the machine's memory, shared by all workers; at least 1 GiB each. */
    private static long workerMemory(int workers) {
        var system = (com.sun.management.OperatingSystemMXBean)
                java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return Math.clamp(system.getTotalMemorySize() / 2 / workers, 1L << 30, 8L << 30);
    }

    private static void requireFree(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new CannotStart("Port " + port + " at " + host + " cannot be had (" + e.getMessage()
                    + "). Another program may hold it; choose another with --port.");
        }
    }

    /** Waits until everything is healthy and a worker takes jobs. */
    private static void awaitReady(List<Health> healths, Stores stores, WorkerSupervisor workers)
            throws InterruptedException {
        long deadline = System.nanoTime() + READY_MAX.toNanos();
        Settings redisSettings = Settings.of(Map.of("redis.url", stores.redisUrl()));
        try (Redis redis = Redis.open(RedisConfig.from(redisSettings));
                Queue queue = Queue.open(redis, QueueConfig.from(redisSettings))) {
            while (!(isHealthy(healths) && hasWorker(queue))) {
                if (workers.hasGivenUp()) {
                    throw new CannotStart("The workers do not accept their settings; see logs/ in the data folder.");
                }
                if (System.nanoTime() > deadline) {
                    throw new CannotStart("Rekindle was not ready within " + READY_MAX.toSeconds()
                            + " s; see logs/ in the data folder.");
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private static boolean isHealthy(List<Health> healths) throws InterruptedException {
        for (Health health : healths) {
            if (!health.report().ready()) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasWorker(Queue queue) {
        long here = ProcessHandle.current().pid();
        return queue.workers().list().stream().anyMatch(worker -> worker.getId().endsWith("-" + here) && isUp(worker));
    }

    private static boolean isUp(Worker worker) {
        return worker.getState() == WorkerState.WORKER_STATE_IDLE
                || worker.getState() == WorkerState.WORKER_STATE_PROCESSING;
    }

    /** The gateway's port. */
    int port() {
        return port;
    }

    Secrets secrets() {
        return secrets;
    }

    /** The API of the stand-in for RunPod; empty where there is none. */
    String cloudUrl() {
        return cloudUrl;
    }

    WorkerSupervisor workers() {
        return workers;
    }

    /** Ends everything in order: the door first, then workers, services and stores. */
    @Override
    public void close() {
        closer.close();
    }
}
