package dev.rekindle.events.webhooks;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** Figures of webhooks. */
final class WebhookMetrics {
    private final Counter delivered;
    private final Counter retried;
    private final Counter permanent;
    private final Counter late;
    private final Counter putOff;

    WebhookMetrics(MeterRegistry registry) {
        this.delivered = attempts(registry, "delivered");
        this.retried = attempts(registry, "retry");
        this.permanent = attempts(registry, "permanent");
        this.late = attempts(registry, "late");
        this.putOff = Counter.builder("webhook_put_off_total")
                .description("Deliveries put off because nobody was at their host of late")
                .register(registry);
    }

    private static Counter attempts(MeterRegistry registry, String end) {
        return Counter.builder("webhook_attempts_total")
                .description("Deliveries tried, by how that ended; late: the lease had ended before")
                .tag("end", end)
                .register(registry);
    }

    /** A delivery was not tried. */
    void putOff() {
        putOff.increment();
    }

    /** A delivery was tried; null if its end came too late to count. */
    void attempted(@Nullable Verdict verdict) {
        switch (verdict) {
            case null -> late.increment();
            case Verdict.Delivered _ -> delivered.increment();
            case Verdict.Retry _ -> retried.increment();
            case Verdict.Permanent _, Verdict.Gone _ -> permanent.increment();
        }
    }
}
