package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Photos out of the gateway, whole and in part. */
class PhotoContentIT {
    private static final String PHOTO = "/v1/photos/" + UUID.randomUUID() + "/content";

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
        shelf.content = shelf.large;
        try (Socket socket = RawHttp.connect(fixture.gateway.port())) {
            socket.setReceiveBufferSize(8 << 10);
            RawHttp.head(socket, "GET " + PHOTO, "Authorization: Bearer " + fixture.token("ada"));
            Until.so("the first bytes", () -> shelf.chunksRead.get() > 0);
            Until.steady(shelf.chunksRead::get);
            assertThat(shelf.chunksRead.get()).isLessThan(shelf.large.length / (64 << 10) - 16);
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
