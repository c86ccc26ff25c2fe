package dev.rekindle.gateway;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway calling itself once on each wire before it says that it is ready: the first client should not wait for
 * classes to load. What the services answer does not matter, nor whether they are there.
 */
final class WarmUp {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
    private static final Duration TIME_MAX = Duration.ofSeconds(3);
    private static final String PLANS = "/rekindle.credits.v1.BillingService/ListPlans";

    /** One empty message in a gRPC frame. */
    private static final byte[] EMPTY_MESSAGE = new byte[5];

    private WarmUp() {}

    static void run(int port, boolean tls) throws InterruptedException {
        try (ClientFactory factory =
                tls ? ClientFactory.insecure() : ClientFactory.builder().build()) {
            WebClient client = WebClient.builder((tls ? "https" : "http") + "://127.0.0.1:" + port)
                    .factory(factory)
                    .responseTimeout(TIME_MAX)
                    .build();
            List<CompletableFuture<AggregatedHttpResponse>> calls = new ArrayList<>();
            calls.add(client.get("/v1/plans").aggregate());
            calls.add(client.get("/v1/jobs/none/events").aggregate());
            calls.add(client.execute(framed("application/grpc")).aggregate());
            calls.add(client.execute(framed("application/grpc-web+proto")).aggregate());
            CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                    .get(TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.info("The gateway is ready without having warmed up: {}", String.valueOf(e.getMessage()));
        }
    }

    private static HttpRequest framed(String type) {
        return HttpRequest.of(
                RequestHeaders.builder(HttpMethod.POST, PLANS)
                        .set(HttpHeaderNames.CONTENT_TYPE, type)
                        .set(HttpHeaderNames.TE, "trailers")
                        .build(),
                com.linecorp.armeria.common.HttpData.wrap(EMPTY_MESSAGE));
    }
}
