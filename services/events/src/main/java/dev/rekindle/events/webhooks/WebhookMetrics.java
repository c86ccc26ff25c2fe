package dev.rekindle.events.webhooks;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Figures of webhooks. */
final class WebhookMetrics {
    private final Counter putOff;
    private final Map<Kind, Map<String, Counter>> attempts = new EnumMap<>(Kind.class);

    WebhookMetrics(MeterRegistry registry) {
        for (Kind kind : Kind.values()) {
            attempts.put(
                    kind,
                    Stream.of("delivered", "retry", "permanent", "late")
                            .collect(Collectors.toMap(end -> end, end -> counter(registry, kind, end))));
        }
        this.putOff = Counter.builder("webhook_put_off_total")
                .description("Deliveries put off because nobody was at their host of late")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, Kind kind, String end) {
        return Counter.builder("webhook_attempts_total")
                .description("Deliveries tried, by their way and how that ended; late: the lease had ended before")
                .tag("kind", kind.column())
                .tag("end", end)
                .register(registry);
    }

    /** A delivery was not tried. */
    void putOff() {
        putOff.increment();
    }

    /** A delivery was tried; null if its end came too late to count. */
    void attempted(Kind kind, @Nullable Verdict verdict) {
        String end = switch (verdict) {
            case null -> "late";
            case Verdict.Delivered _ -> "delivered";
            case Verdict.Retry _ -> "retry";
            case Verdict.Permanent _, Verdict.Gone _, Verdict.Vanished _ -> "permanent";
        };
        Objects.requireNonNull(Objects.requireNonNull(attempts.get(kind)).get(end))
                .increment();
    }
}
