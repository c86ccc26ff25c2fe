package dev.rekindle.bench.mesh;

import dev.rekindle.embedded.FreePorts;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.platform.rpc.IdentityKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings of each process, by dotted key. Whatever a process connects to, it reaches through a link of its own.
 * Times are short, so that minutes see many recoveries; what they mean is as in production. Where nothing strikes, upkeep runs
 * as often as in production, because it would be timed too.
 */
final class MeshSettings {
    static final String ISSUER = "http://localhost/dev/oidc";
    static final List<String> SERVICES = List.of("events", "credits", "processing", "jobs");
    private static final List<String> SIGNERS = List.of("gateway", "jobs", "credits", "events", "processing");

    /** Known to all who share the queue. */
    private static final Map<String, String> QUEUE = Map.ofEntries(
            Map.entry("queue.lease", "3s"),
            Map.entry("queue.lease_grace", "2s"),
            Map.entry("queue.worker_failed_after", "3s"),
            Map.entry("queue.worker_forgotten_after", "20s"),
            Map.entry("queue.results_redeliver_after", "3s"),
            Map.entry("queue.lane.forever_tier.attempt_timeout", "30s"),
            Map.entry("queue.lane.paid_priority.attempt_timeout", "30s"),
            Map.entry("queue.lane.free_tier.attempt_timeout", "30s"),
            Map.entry("queue.lane.forever_tier.attempts_max", "12"),
            Map.entry("queue.lane.paid_priority.attempts_max", "12"),
            Map.entry("queue.lane.free_tier.attempts_max", "12"));

    private final Ground ground;
    private final Links links;
    private final Path folder;
    private final boolean calm;
    private final int shards;
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, KeyPair> keys =
            SIGNERS.stream().collect(Collectors.toMap(name -> name, name -> IdentityKeys.generate()));
    private final String signInKey = EmbeddedIssuer.newKey();

    MeshSettings(Ground ground, Links links, Path folder, boolean calm, int shards) throws IOException {
        this.ground = ground;
        this.links = links;
        this.folder = folder;
        this.calm = calm;
        this.shards = shards;
        for (String service : SERVICES) {
            ports.put(service, FreePorts.next());
        }
        ports.put("gateway", FreePorts.next());
    }

    String signInKey() {
        return signInKey;
    }

    int port(String process) {
        Integer port = ports.get(process);
        if (port == null) {
            throw new IllegalArgumentException(process + " has no port");
        }
        return port;
    }

    /** What a process signs identities with. */
    IdentityKeys keys(String process) {
        return new IdentityKeys(process, pair(process).getPrivate(), Map.of());
    }

    private KeyPair pair(String process) {
        KeyPair own = keys.get(process);
        if (own == null) {
            throw new IllegalArgumentException(process + " signs nothing");
        }
        return own;
    }

    Map<String, String> jobs(int healthPort) throws IOException {
        Map<String, String> values = service("jobs", healthPort);
        values.putAll(database("jobs"));
        values.putAll(redis("jobs"));
        values.putAll(blobs("jobs"));
        values.putAll(peers("jobs", "credits", "events", "processing"));
        values.putAll(queue());
        if (!calm) {
            values.put("times.half_done_max", "6s");
            values.put("times.reconcile", "1s");
            values.put("times.count", "2s");
            values.put("times.rebalance", "3s");
            values.put("times.uploads_kept", "10m");
            values.put("times.sweep_after", "6s");
        }
        values.put("limits.lost_max", "8");
        return values;
    }

    Map<String, String> credits(int healthPort) throws IOException {
        Map<String, String> values = service("credits", healthPort);
        values.putAll(database("credits"));
        values.putAll(peers("credits", "events", "jobs"));
        for (String tier : List.of("free", "remember", "cherish", "forever")) {
            values.put("tiers." + tier + ".open_jobs_max", tier.equals("forever") ? "10000" : "30");
            values.put("tiers." + tier + ".priority_max", "urgent");
        }
        return values;
    }

    Map<String, String> events(int healthPort) throws IOException {
        Map<String, String> values = service("events", healthPort);
        values.putAll(database("events"));
        values.putAll(redis("events"));
        return values;
    }

    Map<String, String> processing(int healthPort) throws IOException {
        Map<String, String> values = service("processing", healthPort);
        values.putAll(redis("processing"));
        values.putAll(peers("processing", "jobs"));
        values.putAll(queue());
        return values;
    }

    Map<String, String> gateway(int healthPort) throws IOException {
        Map<String, String> values = identity("gateway");
        values.putAll(redis("gateway"));
        values.putAll(peers("gateway", "jobs", "credits", "events", "processing"));
        values.put("health.port", String.valueOf(healthPort));
        values.put("http.port", String.valueOf(port("gateway")));
        values.put("auth.embedded_signin", "true");
        values.put("auth.embedded.private_key", signInKey);
        values.put("auth.embedded.issuer", ISSUER);
        values.put("auth.embedded.token_life", "12h");
        return values;
    }

    Map<String, String> worker(String name, int healthPort) throws IOException {
        Map<String, String> values = new HashMap<>(redis(name));
        values.putAll(blobs(name));
        values.putAll(queue());
        values.put("health.port", String.valueOf(healthPort));
        values.put("worker.id", name);
        values.put("worker.concurrency", "2");
        values.put("worker.memory_bytes", String.valueOf(512L << 20));
        values.put("worker.folder", folder.resolve("work").toString());
        values.put("worker.beat", "600ms");
        values.put("worker.tell", "100ms");
        values.put("worker.stalled_after", "15s");
        values.put("worker.stuck_after", "10s");
        values.put("worker.drain_max", "5s");
        return values;
    }

    /** The queue's numbers; a lane's cap is no less than one a shard. */
    private Map<String, String> queue() {
        Map<String, String> values = new HashMap<>(QUEUE);
        values.put("queue.shards", String.valueOf(shards));
        values.put("queue.lane.free_tier.active_max", String.valueOf(Math.max(2, shards)));
        return values;
    }

    private Map<String, String> service(String name, int healthPort) {
        Map<String, String> values = identity(name);
        values.put("rpc.port", String.valueOf(port(name)));
        values.put("health.port", String.valueOf(healthPort));
        return values;
    }

    private Map<String, String> identity(String name) {
        return new HashMap<>(Map.of(
                "identity.private_key",
                IdentityKeys.encode(pair(name).getPrivate()),
                "identity.trusted_keys",
                keys.entrySet().stream()
                        .map(entry -> entry.getKey() + ":"
                                + IdentityKeys.encode(entry.getValue().getPublic()))
                        .collect(Collectors.joining(","))));
    }

    private Map<String, String> database(String schema) throws IOException {
        int port = links.through(schema, "postgres", ground.postgresPort());
        return Map.of(
                "database.url",
                "jdbc:postgresql://127.0.0.1:" + port + "/rekindle",
                "database.password",
                Ground.PASSWORD,
                "database.connect_max",
                "3s");
    }

    private Map<String, String> redis(String process) throws IOException {
        int port = links.through(process, "redis", ground.redisPort());
        return Map.of("redis.url", "redis://127.0.0.1:" + port, "redis.command_max", "2s");
    }

    private Map<String, String> blobs(String process) throws IOException {
        int port = links.through(process, "s3", ground.s3Port());
        return Map.of(
                "blobs.endpoint", "http://127.0.0.1:" + port,
                "blobs.bucket", Ground.BUCKET,
                "blobs.access_key", Ground.S3_KEY,
                "blobs.secret_key", Ground.S3_SECRET);
    }

    private Map<String, String> peers(String process, String... services) throws IOException {
        Map<String, String> values = new HashMap<>();
        for (String service : services) {
            values.put("services." + service, "dns:///127.0.0.1:" + links.through(process, service, port(service)));
        }
        return values;
    }
}
