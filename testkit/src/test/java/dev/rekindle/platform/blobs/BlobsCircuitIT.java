package dev.rekindle.platform.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.FreePorts;
import dev.rekindle.embedded.S3Server;
import dev.rekindle.platform.circuit.CircuitBreaker.State;
import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose place hangs up on everybody, and then the store there again. */
@Tag("OPS-08")
class BlobsCircuitIT {
    private static final S3Server.Key KEY = new S3Server.Key("access", "secret-0123456789");
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    /** Takes the store's place: accepts connections, counts them and hangs up. */
    private static final class HangsUp implements AutoCloseable {
        final AtomicInteger calls = new AtomicInteger();
        private final ServerSocket socket;
        private final CompletableFuture<Void> accepting;

        HangsUp(int port) throws IOException {
            socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            accepting = CompletableFuture.runAsync(this::accept, Thread::startVirtualThread);
        }

        private void accept() {
            while (!socket.isClosed()) {
                try (Socket _ = socket.accept()) {
                    calls.incrementAndGet(); // before the caller learns that it was hung up on
                } catch (IOException e) {
                    if (!socket.isClosed()) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
        }

        /** The port is free only once the thread that accepts has let go of it. */
        @Override
        public void close() throws IOException {
            socket.close();
            accepting.join();
        }
    }

    private static Blobs open(int port, Duration test) {
        return Blobs.open(new BlobsConfig(
                URI.create("http://127.0.0.1:" + port),
                URI.create(""),
                "us-east-1",
                "test",
                KEY.accessKey(),
                new Secret(KEY.secretKey()),
                true,
                Duration.ofMinutes(1),
                new CircuitRule(3, HOUR, HOUR, test),
                null));
    }

    private static Failure failure(Blobs blobs) {
        Failure failure = catchThrowableOfType(Failure.class, () -> blobs.find("x"));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_STORAGE_FAILED);
        return failure;
    }

    @Test
    void calls_stop_reaching_a_store_that_fails_and_the_caller_is_told_when_to_come_back() throws Exception {
        try (HangsUp place = new HangsUp(0);
                Blobs blobs = open(place.socket.getLocalPort(), HOUR)) {
            for (int i = 0; i < 3; i++) {
                assertThat(failure(blobs).retryDelay()).isNull();
            }
            assertThat(blobs.circuit().state()).isEqualTo(State.OPEN);
            int before = place.calls.get();
            assertThat(before).isPositive();
            for (int i = 0; i < 20; i++) {
                assertThat(failure(blobs).retryDelay()).isBetween(Duration.ofMinutes(59), HOUR);
            }
            assertThat(catchThrowableOfType(Failure.class, blobs::requireWorking)
                            .retryDelay())
                    .isNotNull();
            assertThat(place.calls).hasValue(before);
            assertThat(blobs.signGet("x", "").url()).as("signing asks nobody").isNotNull();
        }
    }

    @Test
    void a_store_that_is_back_is_seen_without_a_caller_trying_and_what_it_refuses_is_no_failure() throws Exception {
        int port = FreePorts.next();
        HangsUp place = new HangsUp(port);
        try (Blobs blobs = open(port, Duration.ofMillis(200))) {
            for (int i = 0; i < 3; i++) {
                failure(blobs);
            }
            place.close();
            try (S3Server _ = S3Server.start(folder, port, KEY, "test")) {
                Eventually.holds(() -> assertThat(blobs.circuit().state()).isEqualTo(State.HALF_OPEN));
                blobs.put("x", new byte[] {1}, "image/png");
                assertThat(blobs.circuit().state()).isEqualTo(State.CLOSED);
                for (int i = 0; i < 20; i++) {
                    assertThat(blobs.find("none")).isEmpty();
                }
                assertThat(blobs.circuit().state()).isEqualTo(State.CLOSED);
            }
        }
    }
}
