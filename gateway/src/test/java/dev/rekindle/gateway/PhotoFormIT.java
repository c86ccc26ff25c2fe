package dev.rekindle.gateway;

import static dev.rekindle.gateway.Answers.json;
import static dev.rekindle.gateway.Answers.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rekindle.jobs.v1.UploadState;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Photos into the gateway as browsers send them, by a form. */
class PhotoFormIT {
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
                        Part.text("pipeline", "full_processing"),
                        Part.file("oma.jpg", shelf.large),
                        Part.text(
                                "corners",
                                "{\"topLeft\":" + corner + ",\"topRight\":" + corner + ",\"bottomRight\":" + corner
                                        + ",\"bottomLeft\":" + corner + "}"))));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        assertThat(json(response).get("filename").getAsString()).isEqualTo("oma.jpg");
        assertThat(response.headers().firstValue("location"))
                .contains("/v1/photos/" + json(response).get("id").getAsString());
        PhotoShelf.Box box = shelf.uploads.values().iterator().next();
        assertThat(box.bytes.toByteArray()).isEqualTo(shelf.large);
        assertThat(box.request.getSessionId()).isEqualTo("s1");
        assertThat(box.request.getPipeline()).isEqualTo("full_processing");
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
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            RawHttp.head(
                    socket,
                    "POST /v1/photos",
                    "Content-Length: 10000000",
                    "Content-Type: multipart/form-data; boundary=bound",
                    "Authorization: Bearer " + fixture.token("ada"));
            OutputStream out = socket.getOutputStream();
            out.write("--bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(shelf.large, 0, 1 << 20);
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
                formRequest().header("Idempotency-Key", "k1").POST(form(Part.file("a.jpg", shelf.large)));
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
        problem(
                fixture.send(fixture.as("ada", "/v1/photos")
                        .header("Content-Type", "multipart/form-data")
                        .POST(BodyPublishers.ofString("--x--"))),
                400,
                "INVALID_REQUEST");
        assertThat(fixture.send(fixture.as("ada", "/v1/photos")
                                .header("Content-Type", "image/jpeg")
                                .POST(BodyPublishers.ofByteArray(new byte[9])))
                        .statusCode())
                .isEqualTo(415);
        assertThat(shelf.uploads.values()).allMatch(box -> box.state == UploadState.UPLOAD_STATE_ABORTED);
    }
}
