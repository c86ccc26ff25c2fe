package dev.rekindle.app;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How people are told on one machine: by push under keys of the data folder, and by e-mail where the environment names a server. */
final class Telling {
    private static final String PUBLIC_URL = "public_url";
    /** What the environment may say of it; the events service knows what each means. */
    private static final List<String> TAKEN = List.of(
            PUBLIC_URL,
            "webhooks.allow_http",
            "webhooks.allowed_networks",
            "push.public_key",
            "push.private_key",
            "push.subject",
            "push.life",
            "email.host",
            "email.port",
            "email.security",
            "email.user",
            "email.password",
            "email.from",
            "email.connections_max",
            "email.confirmations_max");

    private Telling() {}

    /**
     * The settings of the events service by which it tells people.
     *
     * @param gateway where this Rekindle is
     */
    static Map<String, String> settings(Map<String, String> environment, URI gateway, Secrets secrets) {
        Map<String, String> settings = new HashMap<>();
        settings.put(PUBLIC_URL, "http://localhost:" + gateway.getPort());
        settings.put("push.public_key", secrets.get("push.public"));
        settings.put("push.private_key", secrets.get("push.private"));
        settings.put("push.subject", "mailto:rekindle@localhost");
        for (String key : TAKEN) {
            String value = environment.getOrDefault(
                    "REKINDLE_" + key.toUpperCase(Locale.ROOT).replace('.', '_'), "");
            if (!value.isEmpty()) {
                settings.put(key, value);
            }
        }
        return settings;
    }
}
