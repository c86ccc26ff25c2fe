package dev.rekindle.app;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The work that one machine takes only where the environment switches it on. */
final class Offered {
    private static final List<String> SWITCHES = List.of("animation.enabled", "composition.enabled");

    private Offered() {}

    /** The settings of the jobs service. */
    static Map<String, String> settings(Map<String, String> environment) {
        Map<String, String> settings = new HashMap<>();
        for (String key : SWITCHES) {
            String value =
                    environment.get("REKINDLE_" + key.toUpperCase(Locale.ROOT).replace('.', '_'));
            if (value != null) {
                settings.put(key, value);
            }
        }
        return settings;
    }
}
