package dev.rekindle.embedded.stripe;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends events to the shop, each until it is taken, in the order of their making. */
final class StripeWebhooks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StripeWebhooks.class);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final int ATTEMPTS_MAX = 100;

    private final URI target;
    private final String secret;
    private final Clock clock;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build();
    private final LinkedBlockingQueue<JsonObject> queue = new LinkedBlockingQueue<>();
    private final Thread thread;

    StripeWebhooks(URI target, String secret, Clock clock) {
        this.target = target;
        this.secret = secret;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("stripe-webhooks").start(this::run);
    }

    void send(JsonObject event) {
        queue.add(event);
    }

    /** The header Stripe-Signature over a payload. */
    static String signature(String payload, String secret, long seconds) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] digest = mac.doFinal((seconds + "." + payload).getBytes(StandardCharsets.UTF_8));
            return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no HMAC-SHA256.", e);
        }
    }

    private void run() {
        try {
            while (true) {
                deliver(queue.take());
            }
        } catch (InterruptedException e) {
            log.debug("No more events are sent");
        }
    }

    private void deliver(JsonObject event) throws InterruptedException {
        String payload = event.toString();
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            HttpRequest request = HttpRequest.newBuilder(target)
                    .timeout(ANSWER_MAX)
                    .header("Content-Type", "application/json; charset=utf-8")
                    .header(
                            "Stripe-Signature",
                            signature(payload, secret, clock.instant().getEpochSecond()))
                    .POST(HttpRequest.BodyPublishers.ofString(payload))
                    .build();
            try {
                int status = http.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status / 100 == 2) {
                    return;
                }
                log.warn(
                        "The webhook answered {} to {}", status, event.get("id").getAsString());
            } catch (IOException e) {
                log.debug("The webhook is away", e);
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_DELAY.toMillis());
        }
        log.warn("Event {} was given up", event.get("id").getAsString());
    }

    @Override
    public void close() {
        thread.interrupt();
        http.shutdownNow();
    }
}
