package dev.rekindle.platform.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.S3Server;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that takes nothing, and the one beside it. */
@Tag("PHO-09")
class BlobsAlternativeIT {
    private static final S3Server.Key KEY = new S3Server.Key("access", "secret-0123456789");
    private static final byte[] LETTER = {1, 2, 3, 4, 5};

    @TempDir
    Path homeFolder;

    @TempDir
    Path otherFolder;

    private S3Server home;
    private S3Server other;
    private Blobs blobs;
    private Path file;

    @BeforeEach
    void open(@TempDir Path files) throws IOException {
        home = S3Server.start(homeFolder, 0, KEY, "test");
        other = S3Server.start(otherFolder, 0, KEY, "test");
        Settings settings = Settings.of(Map.of(
                "blobs.endpoint", home.endpoint().toString(),
                "blobs.bucket", "test",
                "blobs.access_key", KEY.accessKey(),
                "blobs.secret_key", KEY.secretKey(),
                "blobs.alternative.endpoint", other.endpoint().toString(),
                "blobs.alternative.bucket", "test",
                "blobs.alternative.access_key", KEY.accessKey(),
                "blobs.alternative.secret_key", KEY.secretKey()));
        BlobsConfig config = BlobsConfig.from(settings);
        settings.check();
        blobs = Blobs.open(config);
        file = Files.write(files.resolve("letter"), LETTER);
    }

    @AfterEach
    void close() throws IOException {
        blobs.close();
        home.close();
        other.close();
    }

    private static Blobs only(S3Server server) {
        return Blobs.open(BlobsConfig.from(Settings.of(Map.of(
                "blobs.endpoint", server.endpoint().toString(),
                "blobs.bucket", "test",
                "blobs.access_key", KEY.accessKey(),
                "blobs.secret_key", KEY.secretKey()))));
    }

    private List<String> keys(Blobs of) {
        List<String> keys = new ArrayList<>();
        of.list("", blob -> keys.add(blob.key()));
        return keys;
    }

    @Test
    void what_lies_elsewhere_is_found_read_signed_listed_and_deleted_as_if_it_were_here() throws Exception {
        blobs.put("a", LETTER, "image/png");
        blobs.put("c", LETTER, "image/png");
        blobs.putElsewhere("b", file, "image/jpeg", refused());
        blobs.putElsewhere("d", file, "image/jpeg", refused());
        try (Blobs here = only(home)) {
            assertThat(keys(here)).containsExactly("a", "c");
        }
        assertThat(keys(blobs)).containsExactly("a", "b", "c", "d");
        assertThat(blobs.find("b"))
                .hasValueSatisfying(blob -> assertThat(blob.contentType()).isEqualTo("image/jpeg"));
        assertThat(blobs.find("none")).isEmpty();
        try (Blobs.Content piece = blobs.get("b", 1, 2)) {
            assertThat(piece.bytes().readAllBytes()).containsExactly(2, 3);
            assertThat(piece.info().sizeBytes()).isEqualTo(LETTER.length);
        }
        URI signed = blobs.signGet("b", "").url();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(HttpRequest.newBuilder(signed).build(), HttpResponse.BodyHandlers.ofByteArray())
                            .body())
                    .isEqualTo(LETTER);
        }
        assertThatThrownBy(() -> blobs.get("none"))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_NOT_FOUND));
        blobs.delete(List.of("a", "b"));
        assertThat(keys(blobs)).containsExactly("c", "d");
    }

    @Test
    void what_lies_elsewhere_can_be_read_while_home_is_gone_and_comes_home_when_it_is_back() throws Exception {
        blobs.putElsewhere("b", file, "image/jpeg", refused());
        int port = home.endpoint().getPort();
        home.close();
        try (Blobs.Content content = blobs.get("b")) {
            assertThat(content.bytes().readAllBytes()).isEqualTo(LETTER);
        }
        assertThat(blobs.find("b")).isPresent();
        assertThatThrownBy(() -> blobs.find("a"))
                .as("whether it is at home nobody knows now")
                .isInstanceOf(Failure.class);
        home = S3Server.start(homeFolder, port, KEY, "test");
        try (Blobs again = only(home);
                Blobs elsewhere = only(other)) {
            // Not before its circuit has found it back.
            assertThat(Eventually.answers(() -> {
                        int brought = blobs.bringHome();
                        assertThat(brought).isPositive();
                        return brought;
                    }))
                    .isEqualTo(1);
            assertThat(again.find("b"))
                    .hasValueSatisfying(blob -> assertThat(blob.contentType()).isEqualTo("image/jpeg"));
            assertThat(keys(elsewhere)).isEmpty();
            assertThat(blobs.bringHome()).isZero();
        }
    }

    @Test
    void where_there_is_no_other_store_the_first_failure_is_told() throws Exception {
        Failure refused = refused();
        try (Blobs alone = only(home)) {
            assertThatThrownBy(() -> alone.putElsewhere("b", file, "image/jpeg", refused))
                    .isSameAs(refused);
        }
        other.close();
        assertThatThrownBy(() -> blobs.putElsewhere("b", file, "image/jpeg", refused))
                .isSameAs(refused);
    }

    private static Failure refused() {
        return Failure.of(Reason.REASON_STORAGE_FAILED, "The disk is full.");
    }
}
