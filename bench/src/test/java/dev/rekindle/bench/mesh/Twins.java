package dev.rekindle.bench.mesh;

import dev.rekindle.embedded.FreePorts;
import dev.rekindle.gateway.GatewayMain;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import dev.rekindle.testkit.Mesh;
import dev.rekindle.testkit.Servers;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Two instances of every service behind one gateway, on real stores, all in this JVM. Whatever an instance connects to,
 * and whoever connects to it, does so through a link of its own; with all of these cut it is dead to the world at once,
 * in the middle of whatever it did, as after a kill.
 */
final class Twins implements AutoCloseable {
    static final List<String> SERVICES = List.of("events", "credits", "processing", "jobs");
    private static final String ISSUER = "http://localhost/dev/oidc";
    private static final AtomicInteger started = new AtomicInteger();

    private final Map<String, String> queue =
            Map.of("queue.namespace", "twins-" + started.incrementAndGet(), "queue.results_redeliver_after", "2s");
    private final Closer closer = new Closer();
    private final Links links = closer.add(new Links(false));
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, DatabaseConfig> databases = new HashMap<>();
    private final Map<String, Map<String, String>> settings = new HashMap<>();
    private final Map<String, Closer> running = new LinkedHashMap<>();
    private final String signInKey = EmbeddedIssuer.newKey();
    private final GatewayMain gateway;

    Twins() throws Exception {
        for (String service : SERVICES) {
            for (String instance : instances(service)) {
                ports.put(instance, FreePorts.next());
            }
            if (!service.equals("processing")) {
                databases.put(service, Servers.databaseConfig(service));
            }
        }
        closer.add(() -> running.values().forEach(Closer::close));
        for (String service : SERVICES) {
            for (String instance : instances(service)) {
                settings.put(instance, settings(service, instance));
                start(service, instance);
            }
        }
        gateway = closer.add(GatewayMain.start(
                Mesh.settings(
                        Mesh.identity("gateway"),
                        peers("gateway", SERVICES),
                        Map.of(
                                "http.port", "0",
                                "rate_limits.enabled", "false",
                                "auth.embedded_signin", "true",
                                "auth.embedded.private_key", signInKey,
                                "auth.embedded.issuer", ISSUER)),
                closer.add(Mesh.telemetry()),
                Clock.systemUTC()));
    }

    private void start(String service, String instance) throws Exception {
        Closer parts = new Closer();
        running.put(instance, parts);
        parts.add(ClockedMain.starter(service)
                .start(
                        Mesh.settings(settings.getOrDefault(instance, Map.of())),
                        parts.add(Mesh.telemetry()),
                        Clock.systemUTC()));
    }

    /** Ends each instance of a service in good order and starts it again, one after the other, as an upgrade does. */
    void upgrade(String service, Step between) throws Exception {
        for (String instance : instances(service)) {
            Closer parts = running.remove(instance);
            if (parts != null) {
                parts.close();
            }
            between.run();
            start(service, instance);
            between.run();
        }
    }

    /** What is done while an instance is away, and after it came back. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    private static List<String> instances(String service) {
        return List.of(service + "-1", service + "-2");
    }

    private Map<String, String> settings(String service, String instance) throws IOException {
        Map<String, String> values = new HashMap<>(Mesh.identity(service));
        values.put("rpc.port", String.valueOf(port(instance)));
        switch (service) {
            case "events" -> values.putAll(redis(instance));
            case "credits" -> {
                values.putAll(peers(instance, List.of("jobs", "events")));
                values.put("tiers.free.open_jobs_max", "10000");
            }
            case "processing" -> {
                values.putAll(redis(instance));
                values.putAll(peers(instance, List.of("jobs")));
                values.putAll(queue);
            }
            case "jobs" -> {
                values.putAll(redis(instance));
                values.putAll(blobs(instance));
                values.putAll(peers(instance, List.of("credits", "events", "processing")));
                values.putAll(queue);
                values.put("instance", instance);
                values.put("times.reconcile", "1s");
                values.put("times.half_done_max", "5s");
            }
            case String other -> throw new IllegalArgumentException(other);
        }
        DatabaseConfig database = databases.get(service);
        if (database != null) {
            values.putAll(database(instance, database));
        }
        return values;
    }

    private int port(String instance) {
        Integer port = ports.get(instance);
        if (port == null) {
            throw new IllegalArgumentException(instance + " is no instance");
        }
        return port;
    }

    private Map<String, String> peers(String from, List<String> services) throws IOException {
        Map<String, String> values = new HashMap<>();
        for (String service : services) {
            List<String> addresses = new ArrayList<>();
            for (String instance : instances(service)) {
                addresses.add("127.0.0.1:" + links.through(from, instance, port(instance)));
            }
            values.put("services." + service, String.join(",", addresses));
        }
        return values;
    }

    private Map<String, String> database(String instance, DatabaseConfig config) throws IOException {
        int port = URI.create(config.url().substring("jdbc:".length())).getPort();
        Map<String, String> values = new HashMap<>(Mesh.database(config));
        values.put(
                "database.url",
                config.url().replace(":" + port + "/", ":" + links.through(instance, "postgres", port) + "/"));
        values.put("database.connect_max", "3s");
        return values;
    }

    private Map<String, String> redis(String instance) throws IOException {
        URI url = URI.create(Servers.redisConfig().url());
        return Map.of("redis.url", "redis://127.0.0.1:" + links.through(instance, "redis", url.getPort()));
    }

    private Map<String, String> blobs(String instance) throws IOException {
        Map<String, String> values = new HashMap<>(Mesh.blobs());
        int port = Servers.blobsConfig().endpoint().getPort();
        values.put("blobs.endpoint", "http://127.0.0.1:" + links.through(instance, "s3", port));
        return values;
    }

    /** The queue, as workers see it. */
    Queue openQueue() {
        Redis redis = closer.add(Redis.open(RedisConfig.from(Mesh.settings(Mesh.redis()))));
        return closer.add(Queue.open(redis, QueueConfig.from(Mesh.settings(queue))));
    }

    /** Takes an instance from the world; first from those who call it, for the dead do not say what they miss. */
    void kill(String instance) {
        cut(link -> link.name().endsWith("→" + instance));
        cut(link -> link.name().startsWith(instance + "→"));
    }

    private void cut(Predicate<Link> which) {
        links.all().stream().filter(which).forEach(Link::cut);
    }

    int gatewayPort() {
        return gateway.port();
    }

    EmbeddedIssuer issuer() {
        return new EmbeddedIssuer(new Secret(signInKey), ISSUER, Clock.systemUTC());
    }

    @Override
    public void close() {
        closer.close();
    }
}
