package dev.rekindle.gateway.web;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.HealthServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * {@code /health/live}, {@code /health/ready} and {@code /health} on the public port, for load balancers. A report is
 * good for a second: whoever asks in a flood does not reach the services behind.
 */
public final class HealthPages {
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Health health;
    private final Replies replies;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private Health.@Nullable Report last;
    private Instant lastTime = Instant.EPOCH;

    public HealthPages(Health health, Replies replies, Clock clock) {
        this.health = health;
        this.replies = replies;
        this.clock = clock;
    }

    /** 200 as long as the process answers. */
    public HttpService live() {
        return (ctx, req) -> answer(true, "{\"live\":true}");
    }

    /** 200 when all it depends on works, else 503; the report names what does not. */
    public HttpService ready() {
        return (ctx, req) -> replies.to(ctx, reply -> {
            Health.Report report = report();
            reply.send(answer(report.ready(), HealthServer.json(report)));
        });
    }

    private Health.Report report() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Health.Report known = last;
            if (known != null && clock.instant().isBefore(lastTime.plus(FRESH))) {
                return known;
            }
            Health.Report made = health.report();
            last = made;
            lastTime = clock.instant();
            return made;
        } finally {
            lock.unlock();
        }
    }

    private static HttpResponse answer(boolean good, String json) {
        return HttpResponse.of(
                ResponseHeaders.builder(good ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                        .contentType(MediaType.JSON)
                        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                        .build(),
                HttpData.ofUtf8(json));
    }
}
