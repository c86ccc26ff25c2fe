package dev.rekindle.app;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What of the environment is handed on to the processes of one machine. */
final class Environment {
    private static final String PREFIX = "REKINDLE_";

    private Environment() {}

    /**
     * The settings whose variables begin so after {@code REKINDLE_}. Workers read them from variables again, so their names need
     * not be turned into dotted ones and back.
     */
    static Map<String, String> settings(Map<String, String> environment, String begin) {
        Map<String, String> settings = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX + begin)) {
                settings.put(name.substring(PREFIX.length()).toLowerCase(Locale.ROOT), value);
            }
        });
        return settings;
    }
}
