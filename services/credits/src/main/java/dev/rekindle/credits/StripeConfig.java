package dev.rekindle.credits;

import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How payments are taken.
 *
 * @param apiKey empty where none are taken
 * @param webhookSecrets one, or two while one is exchanged for another
 * @param apiBase where Stripe is; another address only for a stand-in
 * @param publicUrl the address people see this Rekindle under; payment pages lead back to it
 * @param reconcileInterval time between two looks for events that did not come
 * @param refreshInterval time between two readings of each subscription
 */
record StripeConfig(
        Secret apiKey,
        List<Secret> webhookSecrets,
        URI apiBase,
        URI publicUrl,
        Duration reconcileInterval,
        Duration refreshInterval) {
    private static final Pattern KEY = Pattern.compile("[rs]k_(test|live)_[A-Za-z0-9_]{8,255}");

    /** Reads {@code stripe} and {@code public_url}. */
    static StripeConfig from(Settings settings) {
        Settings stripe = settings.under("stripe");
        Secret apiKey = stripe.secret("api_key", "");
        if (!apiKey.isEmpty() && !KEY.matcher(apiKey.reveal()).matches()) {
            stripe.problem("api_key", "is no key of Stripe; expected sk_test_…, sk_live_…, rk_test_… or rk_live_….");
        }
        List<Secret> webhookSecrets =
                List.of(stripe.secret("webhook_secret", ""), stripe.secret("webhook_secret_old", "")).stream()
                        .filter(secret -> !secret.isEmpty())
                        .toList();
        if (!apiKey.isEmpty() && webhookSecrets.isEmpty()) {
            stripe.problem("webhook_secret", "is missing; expected the signing secret of the webhook, whsec_….");
        }
        return new StripeConfig(
                apiKey,
                webhookSecrets,
                stripe.uri("api_base", URI.create("https://api.stripe.com")),
                settings.uri("public_url", URI.create("http://localhost:8080")),
                stripe.duration(
                        "reconcile_interval", Duration.ofMinutes(5), Duration.ofMillis(100), Duration.ofDays(1)),
                stripe.duration("refresh_interval", Duration.ofHours(6), Duration.ofSeconds(1), Duration.ofDays(30)));
    }

    boolean isOn() {
        return !apiKey.isEmpty();
    }

    /** True where no money moves. */
    boolean isTestMode() {
        return !apiKey.reveal().startsWith("sk_live_") && !apiKey.reveal().startsWith("rk_live_");
    }
}
