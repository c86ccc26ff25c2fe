package dev.rekindle.processing.http;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.net.OutgoingHttp;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** HTTP calls, each with a deadline over all of it and a limit of bytes. Nothing is followed, repeated or remembered. */
public final class HttpCalls implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration KEPT_OPEN = Duration.ofSeconds(30);
    private static final int CONNECTIONS_MAX = 64;

    /** Between bytes: each call has its own over all of it. */
    private static final Duration NO_LIMIT = Duration.ZERO;

    private final CloseableHttpClient client;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("http-deadlines").factory());

    /** An answer, read to its end. */
    public record Reply(
            int status, ByteString body, @Nullable Duration retryAfter) {}

    /** @param addresses finds the addresses connections go to */
    public HttpCalls(DnsResolver addresses) {
        client = OutgoingHttp.client(
                addresses, new OutgoingHttp.Limits(CONNECT_MAX, NO_LIMIT, KEPT_OPEN, CONNECTIONS_MAX), "Rekindle/1");
    }

    /**
     * Calls.
     *
     * @param max for the whole call
     * @param bytesMax an answer may have
     * @throws IOException if there was no whole answer
     * @throws Stop.Stopped once the work is to end
     */
    public Reply call(HttpUriRequestBase request, Duration max, int bytesMax, Stop stop) throws IOException {
        stop.check();
        Future<?> deadline = deadlines.schedule(request::cancel, max.toMillis(), TimeUnit.MILLISECONDS);
        try (Stop.Registration _ = stop.onStop(request::cancel)) {
            return client.execute(request, response -> read(response, bytesMax));
        } catch (IOException | RuntimeException e) {
            stop.check();
            // Also what a cancelled request throws is an answer that did not come.
            throw e instanceof IOException failed ? failed : new IOException(e);
        } finally {
            deadline.cancel(false);
        }
    }

    private static Reply read(ClassicHttpResponse response, int bytesMax) throws IOException {
        ByteString body = ByteString.EMPTY;
        if (response.getEntity() != null) {
            InputStream content = response.getEntity().getContent();
            body = ByteString.copyFrom(content.readNBytes(bytesMax));
            if (content.read() >= 0) {
                response.close();
                throw new IOException("the answer has more than " + bytesMax + " bytes");
            }
        }
        return new Reply(
                response.getCode(),
                body,
                OutgoingHttp.retryAfter(response.getFirstHeader(HttpHeaders.RETRY_AFTER), Clock.systemUTC()));
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        client.close();
    }
}
