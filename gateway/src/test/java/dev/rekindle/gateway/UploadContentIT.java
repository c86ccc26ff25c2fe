package dev.rekindle.gateway;

import static dev.rekindle.gateway.Answers.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.CreateUploadRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Files into the gateway as bare bytes, by PUT. */
class UploadContentIT {
    private static final PhotoShelf shelf = new PhotoShelf();
    private static GatewayFixture fixture;

    @BeforeAll
    static void start() throws Exception {
        fixture = shelf.gateway();
    }

    @BeforeEach
    void reset() {
        shelf.reset();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static String open() {
        String id = UUID.randomUUID().toString();
        shelf.uploads.put(id, new PhotoShelf.Box(CreateUploadRequest.getDefaultInstance()));
        return id;
    }

    private static HttpRequest.Builder put(String id) {
        return fixture.as("ada", "/v1/uploads/" + id + "/content");
    }

    /** Begins to send the large file; its bytes go into what comes back. */
    private static OutputStream announce(Socket socket, String id) throws IOException {
        RawHttp.head(
                socket,
                "PUT /v1/uploads/" + id + "/content",
                "Content-Length: " + shelf.large.length,
                "Authorization: Bearer " + fixture.token("ada"));
        return socket.getOutputStream();
    }

    @Test
    @Tag("PHO-01")
    void a_whole_file_streams_through() throws Exception {
        String id = open();
        HttpResponse<String> response = fixture.send(put(id).PUT(BodyPublishers.ofByteArray(shelf.large)));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(json(response).get("offsetBytes").getAsString()).isEqualTo(String.valueOf(shelf.large.length));
        assertThat(shelf.box(id).bytes.toByteArray()).isEqualTo(shelf.large);
        assertThat(shelf.largestChunk.get()).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    @Tag("PHO-01")
    void a_file_of_unknown_length_streams_through() throws Exception {
        String id = open();
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(shelf.large));
        assertThat(fixture.send(put(id).PUT(chunked)).statusCode()).isEqualTo(200);
        assertThat(shelf.box(id).bytes.size()).isEqualTo(shelf.large.length);
    }

    @Test
    @Tag("PHO-02")
    void a_file_may_come_in_parts() throws Exception {
        String id = open();
        HttpResponse<String> first =
                fixture.send(put(id).header("Content-Range", "bytes 0-4999999/" + shelf.large.length)
                        .PUT(BodyPublishers.ofByteArray(shelf.large, 0, 5_000_000)));
        assertThat(json(first).get("offsetBytes").getAsString()).isEqualTo("5000000");
        HttpResponse<String> wrong = fixture.send(put(id).header("Content-Range", "bytes 6000000-6000009/*")
                .PUT(BodyPublishers.ofByteArray(shelf.large, 0, 10)));
        assertThat(wrong.statusCode()).isEqualTo(409);
        assertThat(json(wrong).get("reason").getAsString()).isEqualTo("OFFSET_MISMATCH");
        fixture.send(
                put(id).header("Content-Range", "bytes 5000000-" + (shelf.large.length - 1) + "/" + shelf.large.length)
                        .PUT(BodyPublishers.ofByteArray(shelf.large, 5_000_000, shelf.large.length - 5_000_000)));
        assertThat(shelf.box(id).bytes.toByteArray()).isEqualTo(shelf.large);
    }

    @Test
    @Tag("PHO-01")
    void a_slow_service_slows_its_client_down() throws Exception {
        String id = open();
        shelf.gate = new CountDownLatch(1);
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            socket.setSendBufferSize(64 << 10);
            OutputStream out = announce(socket, id);
            var taken = new AtomicInteger();
            Thread writer = Thread.ofVirtual().start(() -> write(out, taken));
            Until.so("the service has something", () -> shelf.chunksRead.get() > 0);
            Until.steady(taken::get);
            assertThat(taken.get()).isLessThan(shelf.large.length - (2 << 20));
            shelf.gate.countDown();
            writer.join();
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readNBytes(15), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
        }
        assertThat(shelf.box(id).bytes.size()).isEqualTo(shelf.large.length);
    }

    private static void write(OutputStream out, AtomicInteger taken) {
        try {
            for (int offset = 0; offset < shelf.large.length; offset += 16 << 10) {
                out.write(shelf.large, offset, 16 << 10);
                taken.set(offset);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Tag("PHO-02")
    void a_client_that_leaves_breaks_the_stream_behind() throws Exception {
        String id = open();
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            OutputStream out = announce(socket, id);
            out.write(shelf.large, 0, 1 << 20);
            out.flush();
            Until.so("the service has something", () -> shelf.chunksRead.get() > 0);
        }
        Until.so("the service sees the break", () -> shelf.broken.get() == 1);
        assertThat(shelf.box(id).bytes.size()).isLessThan(shelf.large.length);
    }

    @Test
    @Tag("API-05")
    void what_is_too_large_is_refused_before_it_comes() throws Exception {
        String id = open();
        byte[] huge = new byte[PhotoShelf.UPLOAD_BYTES_MAX + 1];
        HttpResponse<String> response =
                fixture.send(put(id).expectContinue(true).PUT(BodyPublishers.ofByteArray(huge)));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(json(response).get("reason").getAsString()).isEqualTo("TOO_LARGE");
        assertThat(fixture.send(put(id).header("Content-Range", "bytes 0-9/" + (PhotoShelf.UPLOAD_BYTES_MAX + 1L))
                                .PUT(BodyPublishers.ofByteArray(new byte[10])))
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    @Tag("PHO-03")
    void a_body_that_is_not_what_was_announced_is_refused() throws Exception {
        String id = open();
        assertThat(fixture.send(put(id).header("Content-Range", "bytes 0-99/100")
                                .PUT(BodyPublishers.ofByteArray(new byte[10])))
                        .statusCode())
                .isEqualTo(400);
        assertThat(fixture.send(put(id).header("Content-Range", "pages 1-2/3")
                                .PUT(BodyPublishers.ofByteArray(new byte[10])))
                        .statusCode())
                .isEqualTo(400);
        assertThat(fixture.send(put(UUID.randomUUID().toString()).PUT(BodyPublishers.ofByteArray(shelf.large)))
                        .statusCode())
                .isEqualTo(404);
        assertThat(fixture.send(fixture.anonymous("/v1/uploads/" + id + "/content")
                                .PUT(BodyPublishers.ofByteArray(new byte[10])))
                        .statusCode())
                .isEqualTo(401);
    }
}
