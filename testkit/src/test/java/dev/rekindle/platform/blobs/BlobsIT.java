package dev.rekindle.platform.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Servers;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("PHO-06")
class BlobsIT {
    private static final byte[] LETTER = "Dear Ada".getBytes(StandardCharsets.UTF_8);
    private static final int PART = 5 << 20;

    private static Blobs blobs;

    @BeforeAll
    static void open() {
        blobs = Servers.openBlobs();
    }

    @AfterAll
    static void close() {
        blobs.close();
    }

    @Test
    void a_blob_is_read_back_whole_and_in_pieces() throws Exception {
        blobs.put("a/letter", LETTER, "text/plain");
        try (Blobs.Content content = blobs.get("a/letter")) {
            assertThat(content.bytes().readAllBytes()).isEqualTo(LETTER);
            assertThat(content.info().contentType()).isEqualTo("text/plain");
        }
        try (Blobs.Content piece = blobs.get("a/letter", 5, 2)) {
            assertThat(new String(piece.bytes().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("Ad");
            assertThat(piece.info().sizeBytes()).isEqualTo(LETTER.length);
        }
        assertThat(blobs.find("a/letter"))
                .hasValueSatisfying(info -> assertThat(info.sizeBytes()).isEqualTo(8));
    }

    @Test
    void a_key_that_is_not_there_is_not_found_and_deleting_it_does_not_matter() {
        assertThat(blobs.find("nothing/here")).isEmpty();
        assertThatThrownBy(() -> blobs.get("nothing/here"))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_NOT_FOUND));
        blobs.delete(List.of("nothing/here"));
    }

    @Test
    void everything_below_a_prefix_is_listed_and_deleted() {
        for (int i = 0; i < 25; i++) {
            blobs.put("tree/" + i, LETTER, "text/plain");
        }
        blobs.put("treehouse", LETTER, "text/plain");
        List<String> keys = new ArrayList<>();
        blobs.list("tree/", info -> keys.add(info.key()));
        assertThat(keys).hasSize(25);
        blobs.delete(keys);
        assertThat(blobs.find("tree/7")).isEmpty();
        assertThat(blobs.find("treehouse")).isPresent();
    }

    @Test
    void parts_make_one_blob_and_a_given_up_upload_leaves_nothing() throws Exception {
        byte[] first = new byte[PART];
        Arrays.fill(first, (byte) 'x');
        String upload = blobs.beginParts("parts/whole", "application/octet-stream");
        Blobs.Part one = blobs.putPart("parts/whole", upload, 1, first, PART);
        Blobs.Part two = blobs.putPart("parts/whole", upload, 2, LETTER, LETTER.length);
        blobs.completeParts("parts/whole", upload, List.of(one, two));
        try (Blobs.Content tail = blobs.get("parts/whole", PART, 0)) {
            assertThat(tail.bytes().readAllBytes()).isEqualTo(LETTER);
        }
        String abandoned = blobs.beginParts("parts/none", "application/octet-stream");
        blobs.putPart("parts/none", abandoned, 1, LETTER, LETTER.length);
        blobs.abortParts("parts/none", abandoned);
        blobs.abortParts("parts/none", abandoned);
        assertThat(blobs.find("parts/none")).isEmpty();
    }

    @Test
    void a_signed_address_lets_a_stranger_read_and_write_just_that_blob() throws Exception {
        blobs.put("signed/letter", LETTER, "text/plain");
        try (HttpClient stranger = HttpClient.newHttpClient()) {
            URI url = blobs.signGet("signed/letter", "letter \"to\" Ada.txt").url();
            assertThat(get(stranger, url).body()).isEqualTo("Dear Ada");
            URI bent = URI.create(url.toString().replace("signed/letter", "a/letter"));
            assertThat(get(stranger, bent).statusCode()).isEqualTo(403);

            Blobs.Signed put = blobs.signPut("signed/new", LETTER.length, "text/plain");
            assertThat(put(stranger, put, LETTER)).isEqualTo(200);
            assertThat(blobs.find("signed/new")).isPresent();
            assertThat(put(stranger, put, "far too long a letter".getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(403);
        }
    }

    private static HttpResponse<String> get(HttpClient client, URI url) throws Exception {
        return client.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int put(HttpClient client, Blobs.Signed signed, byte[] bytes) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(signed.url()).PUT(HttpRequest.BodyPublishers.ofByteArray(bytes));
        signed.headers().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("content-length")) {
                request.header(name, value);
            }
        });
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void a_store_that_is_away_fails_clearly() {
        BlobsConfig away = new BlobsConfig(
                URI.create("http://127.0.0.1:9"),
                URI.create(""),
                "us-east-1",
                "test",
                "key",
                new Secret("secret"),
                true,
                Duration.ofMinutes(1),
                CircuitRule.ofSeconds(3, 30, 60, 15),
                null);
        try (Blobs nowhere = Blobs.open(away)) {
            assertThatThrownBy(() -> nowhere.get("x")).isInstanceOfSatisfying(Failure.class, failure -> {
                assertThat(failure.reason()).isEqualTo(Reason.REASON_STORAGE_FAILED);
                assertThat(failure.message()).doesNotContain("127.0.0.1");
            });
        }
    }

    @Test
    @Tag("OPS-03")
    void what_is_asked_of_the_store_is_counted_and_timed() throws Exception {
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        try (Blobs counted = Servers.openBlobs()) {
            counted.bindTo(metrics);
            counted.put("m/letter", LETTER, "text/plain");
            counted.get("m/letter").close();
            counted.get("m/letter").close();
            assertThat(counted.find("m/none")).isEmpty();
            counted.delete(List.of("m/letter"));
        }
        assertThat(count(metrics, "put", "ok")).isEqualTo(1);
        assertThat(count(metrics, "get", "ok")).isEqualTo(2);
        assertThat(count(metrics, "head", "not_found")).isEqualTo(1);
        assertThat(count(metrics, "delete", "ok")).isEqualTo(1);
        DistributionSummary times = metrics.get("storage_operation_duration")
                .tag("store", "s3")
                .tag("operation", "get")
                .summary();
        assertThat(times.count()).isEqualTo(2);
        assertThat(times.totalAmount()).isBetween(0.001, 20_000.0);
        assertThat(times.getId().getBaseUnit()).isEqualTo("ms");
    }

    private static double count(SimpleMeterRegistry metrics, String operation, String outcome) {
        return metrics.get("storage_operations_total")
                .tag("store", "s3")
                .tag("operation", operation)
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
