package dev.rekindle.platform.circuit;

import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * When a circuit opens, and when it is tried again.
 *
 * @param failuresMax so many failures open it, if no more calls succeeded between them; 0: it never opens
 * @param within failures longer ago do not count
 * @param open for how long no call is let through
 * @param test how often what failed is asked, beside all callers, whether it is back; also how long a trial may say
 *     nothing before another is let through
 */
public record CircuitRule(int failuresMax, Duration within, Duration open, Duration test) {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    public static CircuitRule ofSeconds(int failuresMax, int within, int open, int test) {
        return new CircuitRule(
                failuresMax, Duration.ofSeconds(within), Duration.ofSeconds(open), Duration.ofSeconds(test));
    }

    /** Reads {@code circuit.failures_max}, {@code .within}, {@code .open} and {@code .test}. */
    public static CircuitRule from(Settings settings, CircuitRule otherwise) {
        Settings circuit = settings.under("circuit");
        return new CircuitRule(
                circuit.number("failures_max", otherwise.failuresMax(), 0, 1_000),
                circuit.duration("within", otherwise.within(), SECOND, DAY),
                circuit.duration("open", otherwise.open(), SECOND, DAY),
                circuit.duration("test", otherwise.test(), Duration.ofMillis(100), DAY));
    }

    /** The same numbers for something that must be tried whatever happened before. */
    public CircuitRule neverOpen() {
        return new CircuitRule(0, within, open, test);
    }
}
