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

/** {@code /health/live}, {@code /health/ready} and {@code /health} on the public port, for load balancers. */
public final class HealthPages {
    private HealthPages() {}

    /** 200 as long as the process answers. */
    public static HttpService live() {
        return (ctx, req) -> answer(true, "{\"live\":true}");
    }

    /** 200 when all it depends on works, else 503; the report names what does not. */
    public static HttpService ready(Health health, Replies replies) {
        return (ctx, req) -> replies.to(ctx, reply -> {
            Health.Report report = health.report();
            reply.send(answer(report.ready(), HealthServer.json(report)));
        });
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
