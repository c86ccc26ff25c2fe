package dev.rekindle.bench.mesh;

import dev.rekindle.credits.CreditsMain;
import dev.rekindle.embedded.FreePorts;
import dev.rekindle.events.EventsMain;
import dev.rekindle.gateway.GatewayMain;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.jobs.JobsMain;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.processing.ProcessingMain;
import dev.rekindle.processing.worker.WorkerMain;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The whole mesh, every process an OS process of its own. A process that ends is started again after a moment, as any
 * orchestrator would.
 */
final class World implements AutoCloseable {
    private static final Duration KEEP_EVERY = Duration.ofMillis(400);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);

    private final Closer closer = new Closer();
    private final Ground ground;
    private final Links links;
    private final MeshSettings settings;
    private final Path folder;
    private final boolean calm;
    private final Map<String, Tuning> tunings;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Integer> healthPorts = new LinkedHashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build();

    private World(Plan plan, Map<String, Tuning> tunings) throws IOException, SQLException {
        this.folder = plan.folder();
        this.tunings = tunings;
        this.calm = plan.isCalm();
        Files.createDirectories(folder.resolve("logs"));
        Files.createDirectories(folder.resolve("clocks"));
        this.ground = closer.add(Ground.start(folder));
        this.links = closer.add(new Links(calm));
        this.settings = new MeshSettings(ground, links, folder, calm, plan.shards());
        add("events", EventsMain.class, settings.events(health("events")));
        add("credits", CreditsMain.class, settings.credits(health("credits")));
        add("processing", ProcessingMain.class, settings.processing(health("processing")));
        add("jobs", JobsMain.class, settings.jobs(health("jobs")));
        Map<String, String> gateway = settings.gateway(health("gateway"));
        if (calm) {
            gateway.put("rate_limits.enabled", "false");
        }
        add("gateway", GatewayMain.class, gateway);
        for (int number = 1; number <= plan.workers(); number++) {
            String name = "worker-" + number;
            add(name, WorkerMain.class, settings.worker(name, health(name)));
        }
        for (Member member : members.values()) {
            closer.add(member);
            member.start();
        }
        closer.add(Loop.start("keep", KEEP_EVERY, this::keep));
    }

    /** Starts it; it is ready when {@link #unready} is empty. */
    static World start(Plan plan) throws IOException, SQLException {
        return start(plan, Map.of());
    }

    /** The same with some of its processes, by name, started otherwise than usual. */
    static World start(Plan plan, Map<String, Tuning> tunings) throws IOException, SQLException {
        return new World(plan, tunings);
    }

    private int health(String name) throws IOException {
        int port = FreePorts.next();
        healthPorts.put(name, port);
        return port;
    }

    /** Processes that are killed all the time start fast and stay small; those that are timed get the whole compiler. */
    private void add(String name, Class<?> main, Map<String, String> values) {
        List<String> options = new ArrayList<>();
        if (!calm) {
            options.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:CICompilerCount=1"));
        }
        boolean worker = name.startsWith("worker");
        options.add(worker ? "-Xmx192m" : calm ? "-Xmx512m" : "-Xmx160m");
        if (worker) {
            options.add("-XX:CompressedClassSpaceSize=128m");
        }
        if (!calm) {
            options.addAll(ClockedMain.options(worker ? "worker" : name, clock(name)));
        }
        Tuning tuning = tunings.getOrDefault(name, Tuning.NONE);
        options.addAll(tuning.jvm());
        Map<String, String> all = new HashMap<>(values);
        all.putAll(tuning.settings());
        members.put(
                name,
                new Member(
                        name, calm ? main : ClockedMain.class, options, all, folder.resolve("logs/" + name + ".log")));
    }

    private boolean keep() throws IOException {
        for (Member member : all()) {
            member.start();
        }
        return false;
    }

    private List<Member> all() {
        List<Member> all = new ArrayList<>(members.values());
        all.add(ground.s3());
        return all;
    }

    /** Names of the processes that are not ready. */
    List<String> unready() throws InterruptedException {
        List<String> unready = new ArrayList<>();
        for (Map.Entry<String, Integer> one : healthPorts.entrySet()) {
            if (!isReady(one.getValue())) {
                unready.add(one.getKey());
            }
        }
        return unready;
    }

    /** What a process tells of itself, in Prometheus' text form. */
    String metrics(String process) throws IOException, InterruptedException {
        Integer port = healthPorts.get(process);
        if (port == null) {
            throw new IllegalArgumentException(process + " has no figures");
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(ANSWER_MAX)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private boolean isReady(int port) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                    .timeout(ANSWER_MAX)
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** A process, by name. */
    Member member(String name) {
        Member member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException(name + " is no process of this mesh");
        }
        return member;
    }

    /** The port on which a service or the gateway is called. */
    int port(String process) {
        return settings.port(process);
    }

    /** What a process vouches with for identities. */
    IdentityTokens vouching(String process) {
        return new IdentityTokens(settings.keys(process), Clock.systemUTC());
    }

    List<Member> workers() {
        return members.values().stream()
                .filter(member -> member.name().startsWith("worker"))
                .toList();
    }

    List<Member> services() {
        return members.values().stream()
                .filter(member -> !member.name().startsWith("worker"))
                .toList();
    }

    /** The processes whose clocks can be put wrong. */
    List<String> clocked() {
        return List.copyOf(members.keySet());
    }

    /** Puts the clock of a process ahead by so much, behind if it is negative. */
    void putClock(String process, Duration ahead) throws IOException {
        WrongClock.put(clock(process), ahead);
    }

    private Path clock(String process) {
        return folder.resolve("clocks").resolve(process);
    }

    Ground ground() {
        return ground;
    }

    Links links() {
        return links;
    }

    int gatewayPort() {
        return port("gateway");
    }

    Path workFolder() {
        return folder.resolve("work");
    }

    EmbeddedIssuer issuer() {
        return new EmbeddedIssuer(new Secret(settings.signInKey()), MeshSettings.ISSUER, Clock.systemUTC());
    }

    /** How often processes were started again, whoever ended them. */
    int restarts() {
        return all().stream().mapToInt(Member::restarts).sum();
    }

    /** Lines in the logs of a process that have these words. */
    int logged(String process, String words) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("logs/" + process + ".log"))) {
            return (int) lines.filter(line -> line.contains(words)).count();
        }
    }

    /**
     * Ends every fault: what is frozen goes on, what is cut is whole, what is wrong is right; what is dead is started again
     * anyway.
     */
    void makeWhole() throws IOException, InterruptedException {
        for (String process : clocked()) {
            putClock(process, Duration.ZERO);
        }
        links.mendAll();
        for (Member member : all()) {
            member.thaw();
        }
    }

    @Override
    public void close() {
        closer.close();
        http.close();
    }
}
