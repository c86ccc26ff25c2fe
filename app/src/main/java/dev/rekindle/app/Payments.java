package dev.rekindle.app;

import dev.rekindle.embedded.stripe.StripeServer;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Loop;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How payments are taken on one machine: by Stripe where the environment has its key, else by a stand-in in this process,
 * whose pages say that no money moves. The credits service does not know the difference.
 */
final class Payments {
    private static final String KEY = "REKINDLE_STRIPE_API_KEY";
    private static final String WEBHOOK_SECRET = "REKINDLE_STRIPE_WEBHOOK_SECRET";
    private static final String PUBLIC_URL = "REKINDLE_PUBLIC_URL";
    private static final Duration RENEWALS = Duration.ofMinutes(1);

    private Payments() {}

    /** True if the stand-in takes the payments. */
    static boolean areTests(Map<String, String> environment) {
        return environment.getOrDefault(KEY, "").isEmpty();
    }

    /**
     * The settings of the credits service by which it takes payments.
     *
     * @param gateway where this Rekindle is, for people and for webhooks
     * @throws IOException if the stand-in cannot be started
     */
    static Map<String, String> start(
            Map<String, String> environment, URI gateway, DataFolder data, Secrets secrets, Closer closer)
            throws IOException {
        Map<String, String> settings = new HashMap<>();
        settings.put("public_url", environment.getOrDefault(PUBLIC_URL, "http://localhost:" + gateway.getPort()));
        if (!areTests(environment)) {
            settings.put("stripe.api_key", environment.getOrDefault(KEY, ""));
            settings.put("stripe.webhook_secret", environment.getOrDefault(WEBHOOK_SECRET, ""));
            return settings;
        }
        StripeServer.Config config = new StripeServer.Config(
                0,
                "sk_test_" + secrets.get("stripe.key"),
                "whsec_" + secrets.get("stripe.webhook"),
                data.path("test-payments.json"),
                gateway.resolve("/v1/webhooks/stripe"));
        StripeServer server = closer.add(StripeServer.start(config, Clock.systemUTC()));
        closer.add(Loop.start("test-renewals", RENEWALS, () -> {
            server.renewDue();
            return false;
        }));
        settings.put("stripe.api_key", config.apiKey());
        settings.put("stripe.webhook_secret", config.webhookSecret());
        settings.put("stripe.api_base", server.endpoint().toString());
        return settings;
    }
}
