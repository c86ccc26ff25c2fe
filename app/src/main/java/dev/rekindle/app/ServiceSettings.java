package dev.rekindle.app;

import dev.rekindle.embedded.certs.TrialCertificates;
import dev.rekindle.platform.config.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings each service gets when all run on one machine: addresses of the embedded stores, ports, keys. */
final class ServiceSettings {
    private final Stores stores;
    private final Secrets secrets;
    private final Map<String, Integer> ports;
    private final @Nullable TrialCertificates certificates;

    /**
     * @param ports the gRPC port of each service, chosen beforehand so that all can start side by side
     * @param certificates the folder of the certificates by which services prove themselves; null: they speak in clear
     */
    ServiceSettings(Stores stores, Secrets secrets, Map<String, Integer> ports, @Nullable Path certificates) {
        this.certificates = certificates == null ? null : new TrialCertificates(certificates, Clock.systemUTC());
        this.stores = stores;
        this.secrets = secrets;
        this.ports = ports;
    }

    /** Settings of a service, with more of its own laid over. */
    Settings of(String service, Map<String, String> more) {
        Map<String, String> values = common(service);
        values.put("rpc.port", String.valueOf(port(service)));
        values.putAll(
                switch (service) {
                    case "jobs" -> merge(database("jobs"), redis(), blobs(), peers("credits", "events", "processing"));
                    case "credits" -> merge(database("credits"), peers("jobs", "events"));
                    case "events" -> merge(database("events"), redis());
                    case "processing" -> merge(redis(), peers("jobs"));
                    case "gateway" -> merge(redis(), peers("jobs", "credits", "events", "processing"));
                    case String other -> throw new IllegalArgumentException(other);
                });
        if (service.equals("gateway")) {
            values.remove("rpc.port");
        }
        values.putAll(more);
        return Settings.of(values);
    }

    /** Settings of a worker, with those of an engine and more of its own laid over. */
    Map<String, String> worker(Map<String, String> engine, Map<String, String> more) {
        return merge(redis(), blobs(), engine, more);
    }

    private Map<String, String> common(String service) {
        Map<String, String> values = new HashMap<>(Map.of(
                "identity.private_key", secrets.get("identity." + service + ".private"),
                "identity.trusted_keys", secrets.trustedKeys()));
        if (certificates != null) {
            values.put("mesh.tls.certificate", certificates.certificate(service).toString());
            values.put("mesh.tls.key", certificates.key(service).toString());
            values.put("mesh.tls.ca", certificates.authority().toString());
        }
        return values;
    }

    private Map<String, String> database(String schema) {
        return Map.of("database.url", stores.databaseUrl(), "database.password", secrets.get("db." + schema));
    }

    private Map<String, String> redis() {
        return Map.of("redis.url", stores.redisUrl());
    }

    private Map<String, String> blobs() {
        return Map.of(
                "blobs.endpoint", stores.s3Endpoint().toString(),
                "blobs.bucket", Stores.BUCKET,
                "blobs.access_key", secrets.get("s3.access"),
                "blobs.secret_key", secrets.get("s3.secret"));
    }

    private Map<String, String> peers(String... services) {
        Map<String, String> values = new HashMap<>();
        for (String service : services) {
            values.put("services." + service, "dns:///127.0.0.1:" + port(service));
        }
        return values;
    }

    private int port(String service) {
        Integer port = ports.get(service);
        return port == null ? 0 : port;
    }

    @SafeVarargs
    private static Map<String, String> merge(Map<String, String>... maps) {
        Map<String, String> merged = new HashMap<>();
        for (Map<String, String> map : maps) {
            merged.putAll(map);
        }
        return merged;
    }
}
