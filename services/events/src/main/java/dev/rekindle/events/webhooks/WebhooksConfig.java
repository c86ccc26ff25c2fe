package dev.rekindle.events.webhooks;

import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.net.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of webhooks.
 *
 * @param host when a host that nobody is at is left alone, whosever endpoints are there
 * @param retention how long deliveries that have ended are kept
 */
public record WebhooksConfig(
        Targets targets, Sending sending, Endpoints endpoints, CircuitRule host, Duration retention) {
    private static final CircuitRule HOST = CircuitRule.ofSeconds(10, 300, 120, 30);

    /**
     * Where deliveries may go.
     *
     * @param allowHttp whether URLs without TLS are taken
     * @param allowed networks that are not public and may be sent to nevertheless
     */
    public record Targets(boolean allowHttp, List<Network> allowed) {
        static Targets from(Settings settings) {
            List<Network> allowed = new ArrayList<>();
            for (String text : settings.list("allowed_networks", List.of())) {
                try {
                    allowed.add(Network.parse(text));
                } catch (IllegalArgumentException e) {
                    settings.problem(
                            "allowed_networks", "has \"" + text + "\"; expected networks such as 10.1.0.0/16.");
                }
            }
            return new Targets(settings.flag("allow_http", false), List.copyOf(allowed));
        }
    }

    /**
     * What this process sends at once, and how long it waits.
     *
     * @param poll after how long due deliveries are seen at the latest when nobody tells of them
     * @param concurrencyMax deliveries under way at once
     * @param connectMax how long connecting may take
     * @param answerMax how long a whole delivery may take
     * @param lease how long a claimed delivery is nobody else's; longer than a delivery may take
     */
    public record Sending(Duration poll, int concurrencyMax, Duration connectMax, Duration answerMax, Duration lease) {
        static Sending from(Settings settings) {
            Duration second = Duration.ofSeconds(1);
            Duration answerMax = settings.duration("answer_max", Duration.ofSeconds(15), second, Duration.ofMinutes(1));
            return new Sending(
                    settings.duration("poll", second, Duration.ofMillis(10), Duration.ofMinutes(1)),
                    settings.number("concurrency_max", 64, 1, 10_000),
                    settings.duration("connect_max", Duration.ofSeconds(5), second, Duration.ofMinutes(1)),
                    answerMax,
                    answerMax.multipliedBy(4));
        }
    }

    /**
     * What one endpoint, or one user, may take.
     *
     * @param perUserMax endpoints of a user
     * @param concurrencyMax deliveries to one endpoint under way at once
     * @param ratePerSecond deliveries to one endpoint a second, in the long run
     * @param burst deliveries to one endpoint at once after a quiet time
     * @param waitingMax deliveries that wait for one endpoint; more are dead at once
     * @param circuitFailures failures in a row that open the circuit
     * @param circuitPause how long it stays open first; twice as long after every failure more, up to sixteen times
     */
    public record Endpoints(
            int perUserMax,
            int concurrencyMax,
            double ratePerSecond,
            int burst,
            int waitingMax,
            int circuitFailures,
            Duration circuitPause) {
        static Endpoints from(Settings settings) {
            return new Endpoints(
                    settings.number("per_user_max", 20, 1, 1_000),
                    settings.number("endpoint_concurrency_max", 5, 1, 1_000),
                    settings.fraction("endpoint_rate", 10, 0.01, 10_000),
                    settings.number("endpoint_burst", 20, 1, 10_000),
                    settings.number("endpoint_waiting_max", 10_000, 1, 1_000_000),
                    settings.number("circuit_failures", 5, 1, 1_000),
                    settings.duration(
                            "circuit_pause", Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofHours(1)));
        }
    }

    /** Reads {@code webhooks}. */
    public static WebhooksConfig from(Settings settings) {
        Settings webhooks = settings.under("webhooks");
        return new WebhooksConfig(
                Targets.from(webhooks),
                Sending.from(webhooks),
                Endpoints.from(webhooks),
                CircuitRule.from(webhooks.under("host"), HOST),
                webhooks.duration("retention", Duration.ofDays(30), Duration.ofDays(1), Duration.ofDays(365)));
    }
}
