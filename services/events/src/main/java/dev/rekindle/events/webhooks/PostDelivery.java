package dev.rekindle.events.webhooks;

import dev.rekindle.platform.net.AddressGuard;
import dev.rekindle.platform.net.CheckedAddresses;
import dev.rekindle.platform.net.OutgoingHttp;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * Posts deliveries of webhooks and push. Connections go to the addresses the {@link AddressGuard} has checked and to no other; redirects,
 * cookies, proxies and compression are not followed or taken, and no more of an answer is read than is kept.
 */
public final class PostDelivery implements AutoCloseable {
    /** How much of an answer is kept. */
    static final int RESPONSE_BYTES_MAX = 4 << 10;

    private static final int ERROR_LENGTH_MAX = 500;
    private static final Duration KEPT_OPEN = Duration.ofMinutes(1);

    private final CloseableHttpClient client;
    private final Duration answerMax;
    private final Clock clock;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("webhooks-deadlines").factory());

    public PostDelivery(AddressGuard guard, WebhooksConfig.Sending config, Clock clock) {
        this.answerMax = config.answerMax();
        this.clock = clock;
        this.client = OutgoingHttp.client(
                new CheckedAddresses(guard),
                new OutgoingHttp.Limits(config.connectMax(), answerMax, KEPT_OPEN, config.concurrencyMax()),
                "Rekindle-Webhooks/1");
    }

    /** Posts once, and tells how that ended. */
    public Attempt post(HttpPost request) {
        // Time-outs of sockets count from byte to byte; a server that sends one now and then would never end.
        Future<?> deadline = deadlines.schedule(request::cancel, answerMax.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(request, response -> answered(request, response));
        } catch (Enough enough) {
            return enough.answer;
        } catch (AddressGuard.Refused e) {
            return new Attempt.Refused(String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            return request.isCancelled()
                    ? new Attempt.Unreachable(
                            "There was no whole answer within " + answerMax.toMillis() + " ms.", false)
                    : new Attempt.Unreachable(why(e), OutgoingHttp.isUnsent(e));
        } finally {
            deadline.cancel(false);
        }
    }

    private Attempt answered(HttpPost request, ClassicHttpResponse response) throws IOException {
        String body = "";
        boolean isLonger = false;
        if (response.getEntity() != null) {
            InputStream content = response.getEntity().getContent();
            // Tables take no NUL, and what is no UTF-8 shows as such.
            body = new String(content.readNBytes(RESPONSE_BYTES_MAX), StandardCharsets.UTF_8).replace('\0', '\ufffd');
            isLonger = content.read() >= 0;
        }
        Attempt.Answered answer = new Attempt.Answered(
                response.getCode(),
                body,
                OutgoingHttp.retryAfter(response.getFirstHeader(HttpHeaders.RETRY_AFTER), clock));
        if (isLonger) {
            request.cancel(); // closing the answer would read all of the rest, to keep the connection
            throw new Enough(answer);
        }
        return answer;
    }

    /** The answer goes on, and nobody wants to know how. */
    private static final class Enough extends IOException {
        private final transient Attempt answer;

        Enough(Attempt answer) {
            this.answer = answer;
        }
    }

    private static String why(Exception e) {
        String why = e.getClass().getSimpleName() + ": "
                + String.valueOf(e.getMessage()).replace('\0', '\ufffd');
        return why.length() > ERROR_LENGTH_MAX ? why.substring(0, ERROR_LENGTH_MAX) : why;
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        client.close();
    }
}
