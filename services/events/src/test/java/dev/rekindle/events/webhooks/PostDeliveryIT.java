package dev.rekindle.events.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.rekindle.events.SelfSigned;
import dev.rekindle.platform.net.AddressGuard;
import dev.rekindle.platform.net.Network;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One POST, to servers that mean ill. */
@Tag("EV-04")
class PostDeliveryIT {
    private static final WebhooksConfig.Sending SENDING = new WebhooksConfig.Sending(
            Duration.ofSeconds(1), 4, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(8));

    private final PostDelivery post = new PostDelivery(
            new AddressGuard(List.of(Network.parse("127.0.0.0/8")), InetAddress::getAllByName),
            SENDING,
            Clock.systemUTC());

    private final WebhookCarrier carrier = new WebhookCarrier(post, Clock.systemUTC());

    @TempDir
    Path folder;

    @AfterEach
    void close() throws IOException {
        post.close();
    }

    private static Claimed to(String url) {
        return new Claimed(
                new UUID(0, 1), new UUID(0, 2), Kind.WEBHOOK, 1, 6, url, List.of("whsec_AAAA"), new UUID(0, 3), "{}");
    }

    /** What a server does with a connection once it has read the request. */
    @FunctionalInterface
    private interface Answer {
        void give(OutputStream out) throws Exception;
    }

    private Attempt against(Answer answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    InputStream in = socket.getInputStream();
                    StringBuilder request = new StringBuilder();
                    while (!request.toString().endsWith("\r\n\r\n{}")) {
                        int next = in.read();
                        if (next < 0) {
                            return;
                        }
                        request.append((char) next);
                    }
                    answer.give(socket.getOutputStream());
                } catch (Exception e) {
                    // The client has gone, which is what it should do.
                }
            });
            Attempt attempt = carrier.send(to("http://127.0.0.1:" + server.getLocalPort() + "/"));
            thread.join(Duration.ofSeconds(10));
            return attempt;
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Test
    void an_answer_that_drips_is_broken_off_when_its_time_is_over() throws Exception {
        long start = System.nanoTime();
        Attempt attempt = against(out -> {
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            for (int i = 0; i < 1000; i++) {
                write(out, "x");
                TimeUnit.MILLISECONDS.sleep(100);
            }
        });
        assertThat(attempt).isInstanceOf(Attempt.Unreachable.class);
        assertThat(attempt.error()).contains("2000 ms");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 1000000000000\r\n", "Transfer-Encoding: chunked\r\n"})
    void of_an_endless_answer_the_beginning_is_kept(String framing) throws Exception {
        Attempt attempt = against(out -> {
            write(out, "HTTP/1.1 200 OK\r\n" + framing + "\r\n");
            String piece = "\0".repeat(8192);
            while (true) {
                write(out, framing.endsWith("chunked\r\n") ? "2000\r\n" + piece + "\r\n" : piece);
            }
        });
        assertThat(attempt).isInstanceOf(Attempt.Answered.class);
        assertThat(attempt.responseBody())
                .hasSize(PostDelivery.RESPONSE_BYTES_MAX)
                .doesNotContain("\0");
        assertThat(Verdict.of(attempt)).isEqualTo(new Verdict.Delivered());
    }

    @Test
    void endless_headers_and_what_is_no_http_are_no_answer() throws Exception {
        assertThat(against(out -> {
                    write(out, "HTTP/1.1 200 OK\r\n");
                    while (true) {
                        write(out, "a: b\r\n");
                    }
                }))
                .isInstanceOf(Attempt.Unreachable.class);
        assertThat(against(out -> write(out, "SSH-2.0-OpenSSH\r\n"))).isInstanceOf(Attempt.Unreachable.class);
        assertThat(against(out -> {})).isInstanceOf(Attempt.Unreachable.class);
    }

    @Test
    void a_server_that_is_not_there_is_tried_again() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(Verdict.of(carrier.send(to("http://127.0.0.1:" + port + "/"))))
                .isEqualTo(new Verdict.Retry(null));
    }

    @Test
    void retry_after_is_seconds_or_a_time_and_has_a_limit() throws Exception {
        assertThat(Verdict.of(against(out -> write(out, "HTTP/1.1 503 Busy\r\nRetry-After: 30\r\n\r\n"))))
                .isEqualTo(new Verdict.Retry(Duration.ofSeconds(30)));
        assertThat(Verdict.of(against(
                        out -> write(out, "HTTP/1.1 429 Busy\r\nRetry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\n\r\n"))))
                .isEqualTo(new Verdict.Retry(Duration.ofHours(24)));
        assertThat(Verdict.of(against(out -> write(out, "HTTP/1.1 503 Busy\r\nRetry-After: soon\r\n\r\n"))))
                .isEqualTo(new Verdict.Retry(null));
    }

    @Test
    void a_certificate_nobody_vouches_for_is_not_believed() throws Exception {
        SSLContext tls = SelfSigned.in(folder);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger requests = new AtomicInteger();
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", exchange -> requests.incrementAndGet());
        server.start();
        try {
            Attempt attempt =
                    carrier.send(to("https://127.0.0.1:" + server.getAddress().getPort() + "/"));
            assertThat(attempt).isInstanceOf(Attempt.Unreachable.class);
            assertThat(attempt.error()).startsWith("SSL");
            assertThat(requests).hasValue(0);
        } finally {
            server.stop(0);
        }
    }
}
