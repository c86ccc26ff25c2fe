package dev.rekindle.jobs;

import dev.rekindle.platform.config.Durations;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long to wait after a failure.
 *
 * @param dependency after the first, second, … failure of an engine or another dependency; the last holds from there on
 * @param temporaryFirst after a first passing failure; doubled with each further one
 * @param resourceFirst after a first lack of memory or places; doubled with each further one
 * @param max what doubled pauses do not exceed
 * @param jitter the share of a pause, 0 to 1, that chance may take off
 */
record RetryPauses(
        List<Duration> dependency, Duration temporaryFirst, Duration resourceFirst, Duration max, double jitter) {
    private static final Duration DAY = Duration.ofDays(1);
    private static final int PAUSES_MAX = 10;

    /** From the settings under {@code retry}. */
    static RetryPauses from(Settings all) {
        Settings settings = all.under("retry");
        return new RetryPauses(
                pauses(settings),
                settings.duration("temporary_first", Duration.ofSeconds(5), Duration.ZERO, DAY),
                settings.duration("resource_first", Duration.ofSeconds(10), Duration.ZERO, DAY),
                settings.duration("pause_max", Duration.ofMinutes(5), Duration.ZERO, DAY),
                settings.fraction("jitter", 0.2, 0, 1));
    }

    private static List<Duration> pauses(Settings settings) {
        List<String> words = settings.list("dependency_pauses", List.of("30s", "120s", "300s"));
        List<Duration> pauses = new ArrayList<>();
        for (String word : words) {
            try {
                pauses.add(Durations.parse(word));
            } catch (IllegalArgumentException e) {
                settings.problem("dependency_pauses", "has \"" + word + "\": " + e.getMessage());
            }
        }
        boolean wrong = pauses.stream().anyMatch(pause -> pause.isNegative() || pause.compareTo(DAY) > 0);
        if (wrong || pauses.isEmpty() || pauses.size() > PAUSES_MAX) {
            settings.problem("dependency_pauses", "is " + words + "; expected 1 to 10 times of at most a day.");
        }
        return List.copyOf(pauses);
    }
}
