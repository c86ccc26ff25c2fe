package dev.rekindle.bench.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A photo sent whole as a form, as a page without scripts does. */
final class PhotoForm {
    private PhotoForm() {}

    /** Sends it through the gateway; the photo's id. */
    static String send(HttpClient http, int gatewayPort, String bearer, byte[] picture) throws Exception {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        String head = String.join(
                "\r\n",
                "--edge",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"",
                "Content-Type: image/jpeg",
                "",
                "");
        form.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        form.writeBytes(picture);
        form.writeBytes("\r\n--edge--\r\n".getBytes(StandardCharsets.US_ASCII));
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gatewayPort + "/v1/photos"))
                        .header("Authorization", bearer)
                        .header("Content-Type", "multipart/form-data; boundary=edge")
                        .timeout(Duration.ofSeconds(20))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(form.toByteArray()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
        return JsonParser.parseString(answer.body()).getAsJsonObject().get("id").getAsString();
    }
}
