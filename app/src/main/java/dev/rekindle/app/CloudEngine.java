package dev.rekindle.app;

import dev.rekindle.embedded.runpod.RunPodServer;
import dev.rekindle.platform.Closer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What the workers of one machine are told of RunPod: the environment's settings where it has a key, those of a stand-in in
 * this process where one is asked for, else nothing.
 */
final class CloudEngine {
    private static final String PREFIX = "REKINDLE_";
    private static final String KEY = PREFIX + "RUNPOD_KEY";
    private static final String ENDPOINT = PREFIX + "RUNPOD_ENDPOINT";
    private static final String WEBHOOKS = "/v1/webhooks/runpod";
    private static final Duration QUEUED = Duration.ofSeconds(2);
    private static final Duration RUNNING = Duration.ofSeconds(6);
    private static final Duration KEPT = Duration.ofMinutes(30);

    private CloudEngine() {}

    /** True if there is one that works on photos. */
    static boolean isThere(Map<String, String> environment, boolean standIn) {
        return standIn
                || !(environment.getOrDefault(KEY, "").isEmpty()
                        || environment.getOrDefault(ENDPOINT, "").isEmpty());
    }

    /**
     * The settings of workers by which they use it.
     *
     * @param gateway where the stand-in tells that a job has ended
     * @throws IOException if the stand-in cannot be started
     */
    static Map<String, String> start(
            Map<String, String> environment, boolean standIn, URI gateway, Secrets secrets, Closer closer)
            throws IOException {
        if (!standIn) {
            return Environment.settings(environment, "RUNPOD_");
        }
        Map<String, String> settings = new HashMap<>();
        String webhooks = isHere(gateway) ? gateway + WEBHOOKS : "";
        RunPodServer.Config config =
                new RunPodServer.Config(0, secrets.get("runpod.key"), "stand-in", QUEUED, RUNNING, KEPT, webhooks);
        RunPodServer server = closer.add(RunPodServer.start(config, Clock.systemUTC()));
        settings.put("runpod.base_url", server.baseUrl().toString());
        settings.put("runpod.key", config.apiKey());
        settings.put("runpod.endpoint", config.endpoint());
        settings.put("runpod.composition.endpoint", config.endpoint());
        settings.put("runpod.input", "url");
        settings.put("runpod.networks_allowed", "127.0.0.0/8");
        if (!webhooks.isEmpty()) {
            settings.put("runpod.webhook_url", webhooks);
        }
        return settings;
    }

    /** Workers take plain HTTP within this machine only; where the gateway listens elsewhere they poll and are told nothing. */
    private static boolean isHere(URI gateway) {
        try {
            return gateway.getHost() != null
                    && InetAddress.ofLiteral(gateway.getHost()).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
