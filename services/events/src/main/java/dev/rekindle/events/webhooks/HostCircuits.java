package dev.rekindle.events.webhooks;

import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.circuit.CircuitRule;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A circuit for every host that deliveries of this process go to, those used last. It is about whether anybody is there:
 * what a host answers, and how slowly, is between it and one endpoint, or one user could stop the deliveries of another.
 */
final class HostCircuits {
    private static final int HOSTS_MAX = 10_000;

    private final CircuitRule rule;
    private final LongSupplier nanoClock;
    private final Map<String, CircuitBreaker> byHost = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CircuitBreaker> eldest) {
            return size() > HOSTS_MAX;
        }
    };

    HostCircuits(CircuitRule rule, MeterRegistry metrics, LongSupplier nanoClock) {
        this.rule = rule;
        this.nanoClock = nanoClock;
        Gauge.builder("webhook_hosts_left_alone", this, HostCircuits::leftAlone)
                .description("Hosts that could not be connected to of late, so that deliveries to them wait")
                .register(metrics);
    }

    /** The circuit of the host, with its port, that the address leads to; all letters go to one mail server. */
    synchronized CircuitBreaker of(String url) {
        return byHost.computeIfAbsent(host(url), host -> new CircuitBreaker(host, rule, nanoClock));
    }

    private static String host(String url) {
        String authority = url.startsWith("mailto:") ? null : URI.create(url).getRawAuthority();
        return authority == null ? "" : authority.toLowerCase(Locale.ROOT);
    }

    /** What an attempt says of the host. */
    static CircuitBreaker.Verdict verdict(Attempt attempt) {
        return switch (attempt) {
            case Attempt.Answered _, Attempt.Replied _ -> CircuitBreaker.Verdict.WORKS;
            case Attempt.Unreachable unreachable ->
                unreachable.nobodyThere() ? CircuitBreaker.Verdict.FAILS : CircuitBreaker.Verdict.SAYS_NOTHING;
            case Attempt.Refused _ -> CircuitBreaker.Verdict.SAYS_NOTHING;
        };
    }

    private synchronized long leftAlone() {
        return byHost.values().stream()
                .filter(circuit -> circuit.state() == CircuitBreaker.State.OPEN)
                .count();
    }
}
