package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.UploadState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Files through the gateway: in by PUT and by form, out whole and in part. */
class ContentIT {
    private static final PhotoShelf shelf = new PhotoShelf();
    private static final int UPLOAD_BYTES_MAX = 32 << 20;
    private static final String PHOTO = "/v1/photos/" + UUID.randomUUID() + "/content";

    private static GatewayFixture fixture;
    private static byte[] large = new byte[0];

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(
                List.of(shelf.service()),
                Map.of("limits.upload_bytes_max", String.valueOf(UPLOAD_BYTES_MAX), "limits.idle_max", "5s"));
        large = new byte[12 << 20];
        new Random(7).nextBytes(large);
    }

    @BeforeEach
    void reset() {
        shelf.uploads.clear();
        shelf.byRequestId.clear();
        shelf.chunksRead.set(0);
        shelf.broken.set(0);
        shelf.gate = new CountDownLatch(0);
        shelf.refuseContent = false;
        shelf.content = Arrays.copyOf(large, 1 << 20);
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

    private static JsonObject json(HttpResponse<String> response) {
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    @Test
    @Tag("PHO-01")
    void a_whole_file_streams_through() throws Exception {
        String id = open();
        HttpResponse<String> response = fixture.send(put(id).PUT(BodyPublishers.ofByteArray(large)));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(json(response).get("offsetBytes").getAsString()).isEqualTo(String.valueOf(large.length));
        assertThat(shelf.box(id).bytes.toByteArray()).isEqualTo(large);
        assertThat(shelf.largestChunk.get()).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    @Tag("PHO-01")
    void a_file_of_unknown_length_streams_through() throws Exception {
        String id = open();
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));
        assertThat(fixture.send(put(id).PUT(chunked)).statusCode()).isEqualTo(200);
        assertThat(shelf.box(id).bytes.size()).isEqualTo(large.length);
    }

    @Test
    @Tag("PHO-02")
    void a_file_may_come_in_parts() throws Exception {
        String id = open();
        HttpResponse<String> first = fixture.send(put(id).header("Content-Range", "bytes 0-4999999/" + large.length)
                .PUT(BodyPublishers.ofByteArray(large, 0, 5_000_000)));
        assertThat(json(first).get("offsetBytes").getAsString()).isEqualTo("5000000");
        HttpResponse<String> wrong = fixture.send(put(id).header("Content-Range", "bytes 6000000-6000009/*")
                .PUT(BodyPublishers.ofByteArray(large, 0, 10)));
        assertThat(wrong.statusCode()).isEqualTo(409);
        assertThat(json(wrong).get("reason").getAsString()).isEqualTo("OFFSET_MISMATCH");
        fixture.send(put(id).header("Content-Range", "bytes 5000000-" + (large.length - 1) + "/" + large.length)
                .PUT(BodyPublishers.ofByteArray(large, 5_000_000, large.length - 5_000_000)));
        assertThat(shelf.box(id).bytes.toByteArray()).isEqualTo(large);
    }

    @Test
    @Tag("PHO-01")
    void a_slow_service_slows_its_client_down() throws Exception {
        String id = open();
        shelf.gate = new CountDownLatch(1);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            socket.setSendBufferSize(64 << 10);
            OutputStream out = socket.getOutputStream();
            out.write(("PUT /v1/uploads/" + id + "/content HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                            + large.length + "\r\nAuthorization: Bearer " + fixture.token("ada") + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            var taken = new java.util.concurrent.atomic.AtomicInteger();
            Thread writer = Thread.ofVirtual().start(() -> write(out, taken));
            Until.so("the service has something", () -> shelf.chunksRead.get() > 0);
            Until.steady(taken::get);
            assertThat(taken.get()).isLessThan(large.length - (2 << 20));
            shelf.gate.countDown();
            writer.join();
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readNBytes(15), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
        }
        assertThat(shelf.box(id).bytes.size()).isEqualTo(large.length);
    }

    private static void write(OutputStream out, java.util.concurrent.atomic.AtomicInteger taken) {
        try {
            for (int offset = 0; offset < large.length; offset += 16 << 10) {
                out.write(large, offset, 16 << 10);
                taken.set(offset);
            }
            out.flush();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    @Tag("PHO-02")
    void a_client_that_leaves_breaks_the_stream_behind() throws Exception {
        String id = open();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("PUT /v1/uploads/" + id + "/content HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                            + large.length + "\r\nAuthorization: Bearer " + fixture.token("ada") + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(large, 0, 1 << 20);
            out.flush();
            Until.so("the service has something", () -> shelf.chunksRead.get() > 0);
        }
        Until.so("the service sees the break", () -> shelf.broken.get() == 1);
        assertThat(shelf.box(id).bytes.size()).isLessThan(large.length);
    }

    @Test
    @Tag("API-05")
    void what_is_too_large_is_refused_before_it_comes() throws Exception {
        String id = open();
        byte[] huge = new byte[UPLOAD_BYTES_MAX + 1];
        HttpResponse<String> response =
                fixture.send(put(id).expectContinue(true).PUT(BodyPublishers.ofByteArray(huge)));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(json(response).get("reason").getAsString()).isEqualTo("TOO_LARGE");
        assertThat(fixture.send(put(id).header("Content-Range", "bytes 0-9/" + (UPLOAD_BYTES_MAX + 1L))
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
        assertThat(fixture.send(put(UUID.randomUUID().toString()).PUT(BodyPublishers.ofByteArray(large)))
                        .statusCode())
                .isEqualTo(404);
        assertThat(fixture.send(fixture.anonymous("/v1/uploads/" + id + "/content")
                                .PUT(BodyPublishers.ofByteArray(new byte[10])))
                        .statusCode())
                .isEqualTo(401);
    }

    private record Part(String name, String filename, ByteString bytes) {
        static Part text(String name, String value) {
            return new Part(name, "", ByteString.copyFromUtf8(value));
        }

        static Part file(String filename, byte[] bytes) {
            return new Part("file", filename, ByteString.copyFrom(bytes));
        }
    }

    private static BodyPublisher form(Part... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Part part : parts) {
            String file = part.filename().isEmpty()
                    ? "\r\n"
                    : "; filename=\"" + part.filename() + "\"\r\nContent-Type: image/jpeg\r\n";
            body.writeBytes(("--bound\r\nContent-Disposition: form-data; name=\"" + part.name() + "\"" + file + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(part.bytes().toByteArray());
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes("--bound--\r\n".getBytes(StandardCharsets.UTF_8));
        return BodyPublishers.ofByteArray(body.toByteArray());
    }

    private static HttpRequest.Builder formRequest() {
        return fixture.as("ada", "/v1/photos").header("Content-Type", "multipart/form-data; boundary=bound");
    }

    @Test
    @Tag("PHO-01")
    void a_form_makes_a_photo() throws Exception {
        String corner = "{\"x\":0.1,\"y\":0.1}";
        HttpResponse<String> response = fixture.send(formRequest()
                .POST(form(
                        Part.text("session_id", "s1"),
                        Part.file("oma.jpg", large),
                        Part.text(
                                "corners",
                                "{\"topLeft\":" + corner + ",\"topRight\":" + corner + ",\"bottomRight\":" + corner
                                        + ",\"bottomLeft\":" + corner + "}"))));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        assertThat(json(response).get("filename").getAsString()).isEqualTo("oma.jpg");
        assertThat(response.headers().firstValue("location"))
                .contains("/v1/photos/" + json(response).get("id").getAsString());
        PhotoShelf.Box box = shelf.uploads.values().iterator().next();
        assertThat(box.bytes.toByteArray()).isEqualTo(large);
        assertThat(box.request.getSessionId()).isEqualTo("s1");
        assertThat(box.corners).isNotNull();
    }

    @Test
    @Tag("PHO-05")
    void a_form_that_fails_leaves_nothing_behind() throws Exception {
        shelf.refuseContent = true;
        HttpResponse<String> refused = fixture.send(formRequest().POST(form(Part.file("virus.exe", new byte[1000]))));
        assertThat(refused.statusCode()).isEqualTo(415);
        HttpResponse<String> bad = fixture.send(
                formRequest().POST(form(Part.file("a.jpg", new byte[1000]), Part.text("corners", "{\"top\":1}"))));
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(bad.body()).contains("\"field\":\"corners.top\"");
        assertThat(shelf.uploads.values()).hasSize(2).allMatch(box -> box.state == UploadState.UPLOAD_STATE_ABORTED);
    }

    @Test
    @Tag("PHO-05")
    void a_form_whose_client_leaves_leaves_nothing_behind() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/photos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n"
                            + "Content-Type: multipart/form-data; boundary=bound\r\nAuthorization: Bearer "
                            + fixture.token("ada")
                            + "\r\n\r\n--bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(large, 0, 1 << 20);
            out.flush();
            Until.so("the service has something", () -> shelf.chunksRead.get() > 0);
        }
        Until.so(
                "the upload is given up",
                () -> shelf.uploads.values().iterator().next().state == UploadState.UPLOAD_STATE_ABORTED);
    }

    @Test
    @Tag("JOB-08")
    void the_same_form_sent_again_is_the_same_photo() throws Exception {
        shelf.refuseContent = true;
        HttpRequest.Builder request =
                formRequest().header("Idempotency-Key", "k1").POST(form(Part.file("a.jpg", large)));
        assertThat(fixture.send(request).statusCode()).isEqualTo(415);
        shelf.refuseContent = false;
        HttpResponse<String> first = fixture.send(request);
        HttpResponse<String> second = fixture.send(request);

        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(json(second).get("id")).isEqualTo(json(first).get("id"));
        assertThat(shelf.uploads).hasSize(2);
    }

    @Test
    @Tag("PHO-03")
    void forms_that_make_no_sense_are_refused() throws Exception {
        assertThat(fixture.send(formRequest().POST(form(Part.text("colour", "red"))))
                        .body())
                .contains("\"field\":\"colour\"");
        assertThat(fixture.send(formRequest().POST(form(Part.text("filename", "a"))))
                        .body())
                .contains("\"field\":\"file\"", "is missing");
        assertThat(fixture.send(formRequest().POST(form(Part.file("a", new byte[9]), Part.text("filename", "b"))))
                        .body())
                .contains("comes after the file");
        assertThat(fixture.send(formRequest().POST(BodyPublishers.ofString("no form at all")))
                        .statusCode())
                .isEqualTo(400);
        assertThat(fixture.send(fixture.as("ada", "/v1/photos")
                                .header("Content-Type", "image/jpeg")
                                .POST(BodyPublishers.ofByteArray(new byte[9])))
                        .statusCode())
                .isEqualTo(415);
        assertThat(shelf.uploads.values()).allMatch(box -> box.state == UploadState.UPLOAD_STATE_ABORTED);
    }

    private static HttpResponse<byte[]> content(String query, String... headers) throws Exception {
        HttpRequest.Builder request = fixture.as("ada", PHOTO + query);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return fixture.http().send(request.build(), BodyHandlers.ofByteArray());
    }

    @Test
    @Tag("PHO-06")
    void content_comes_whole_with_its_headers() throws Exception {
        HttpResponse<byte[]> response = content("?variant=prepared");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(shelf.content);
        assertThat(response.headers().map())
                .containsEntry("content-type", List.of("image/jpeg"))
                .containsEntry("etag", List.of("\"tag-1\""))
                .containsEntry("content-length", List.of(String.valueOf(1 << 20)))
                .containsEntry("cache-control", List.of("private, no-cache"))
                .containsEntry("content-security-policy", List.of("default-src 'none'; sandbox"))
                .doesNotContainKey("content-disposition");
    }

    @Test
    @Tag("PHO-06")
    void content_that_is_known_is_not_sent_again() throws Exception {
        HttpResponse<byte[]> response = content("", "If-None-Match", "\"other\", \"tag-1\"");
        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
        assertThat(content("", "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    }

    @Test
    @Tag("PHO-06")
    void content_comes_in_parts() throws Exception {
        HttpResponse<byte[]> middle = content("", "Range", "bytes=100-299");
        assertThat(middle.statusCode()).isEqualTo(206);
        assertThat(middle.headers().firstValue("content-range")).contains("bytes 100-299/1048576");
        assertThat(middle.body()).isEqualTo(Arrays.copyOfRange(shelf.content, 100, 300));
        assertThat(content("", "Range", "bytes=-5").body())
                .isEqualTo(Arrays.copyOfRange(shelf.content, (1 << 20) - 5, 1 << 20));
        assertThat(content("", "Range", "bytes=1048570-").body()).hasSize(6);
        assertThat(content("", "Range", "bytes=0-1,5-6").statusCode()).isEqualTo(200);
        assertThat(content("", "Range", "bytes=0-1", "If-Range", "\"old\"").statusCode())
                .isEqualTo(200);
        HttpResponse<byte[]> outside = content("", "Range", "bytes=2000000-");
        assertThat(outside.statusCode()).isEqualTo(416);
        assertThat(outside.headers().firstValue("content-range")).contains("bytes */1048576");
    }

    @Test
    @Tag("PHO-06")
    void head_tells_the_size_without_the_bytes() throws Exception {
        HttpResponse<byte[]> response =
                fixture.http().send(fixture.as("ada", PHOTO).HEAD().build(), BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-length")).contains("1048576");
        assertThat(response.body()).isEmpty();
    }

    @Test
    @Tag("WEB-03")
    void a_download_has_its_name() throws Exception {
        assertThat(content("?download=1")
                        .headers()
                        .firstValue("content-disposition")
                        .orElse(""))
                .startsWith("attachment")
                .contains("filename*=UTF-8''Oma%20&%20Opa%20%E2%80%93%201931.jpg");
        assertThat(content("?download=maybe").statusCode()).isEqualTo(400);
        assertThat(content("?size=3").statusCode()).isEqualTo(400);
        assertThat(content("?variant=missing").statusCode()).isEqualTo(404);
    }

    @Test
    @Tag("PHO-06")
    void content_that_breaks_off_is_not_taken_for_whole() {
        assertThatThrownBy(() -> content("?variant=broken")).isInstanceOf(IOException.class);
    }

    @Test
    @Tag("EV-05")
    void a_slow_reader_holds_the_content_back() throws Exception {
        shelf.content = large;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.gateway.port())) {
            socket.setReceiveBufferSize(8 << 10);
            socket.getOutputStream()
                    .write(("GET " + PHOTO + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                                    + fixture.token("ada") + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Until.so("the first bytes", () -> shelf.chunksRead.get() > 0);
            Until.steady(shelf.chunksRead::get);
            assertThat(shelf.chunksRead.get()).isLessThan(large.length / (64 << 10) - 16);
        }
    }

    @Test
    @Tag("PHO-06")
    void content_may_be_a_redirect_to_its_signed_address() throws Exception {
        try (GatewayFixture other = new GatewayFixture(List.of(shelf.service()), Map.of("content.redirect", "true"))) {
            HttpResponse<String> response = other.send(other.as("ada", PHOTO + "?variant=thumb_300"));
            assertThat(response.statusCode()).isEqualTo(302);
            assertThat(response.headers().firstValue("location")).contains("https://blobs.example/thumb_300");
        }
    }
}
