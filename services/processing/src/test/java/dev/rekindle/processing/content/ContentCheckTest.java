package dev.rekindle.processing.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.net.MessageSignature;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.content.Finding.Verdict;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.testkit.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's check of content, asked over the loopback. */
@Tag("PHO-11")
class ContentCheckTest {
    private static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, 1, 2, 3};
    private static final ContentCheck.Question QUESTION =
            new ContentCheck.Question("photo-1", "job-1", false, ByteString.copyFrom(JPEG));

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private OperatorsCheck operators;

    @BeforeEach
    void open() throws IOException {
        operators = new OperatorsCheck();
    }

    @AfterEach
    void close() {
        operators.close();
    }

    private ContentCheck check(Map<String, String> more) {
        Settings settings = Settings.of(operators.settings(more));
        ContentCheckConfig config = ContentCheckConfig.from(settings);
        settings.check();
        return new ContentCheck(config, metrics, Clock.fixed(NOW, ZoneOffset.UTC), nanos::get);
    }

    private Finding ask(ContentCheck check) {
        return check.ask(QUESTION, new Stop());
    }

    private double counted(String verdict) {
        return metrics.counter("content_checks_total", "verdict", verdict).count();
    }

    @Test
    void nobody_is_asked_where_nobody_is_configured() {
        assertThat(ContentCheckConfig.from(Settings.of(Map.of())).isConfigured())
                .isFalse();
    }

    @Test
    void it_is_sent_a_small_picture_and_ids_and_nothing_of_the_user_and_all_of_it_is_signed() throws IOException {
        try (ContentCheck check = check(Map.of())) {
            assertThat(ask(check)).isEqualTo(new Finding(Verdict.ALLOW, ""));
        }
        OperatorsCheck.Asked asked = operators.asked().getFirst();
        assertThat(asked.json().keySet()).containsExactly("photoId", "jobId", "kind", "contentType", "picture");
        assertThat(asked.json().get("photoId").getAsString()).isEqualTo("photo-1");
        assertThat(asked.json().get("kind").getAsString()).isEqualTo("picture");
        assertThat(Base64.getDecoder().decode(asked.json().get("picture").getAsString()))
                .isEqualTo(JPEG);
        assertThat(asked.headers())
                .containsEntry("webhook-id", "job-1")
                .containsEntry("webhook-timestamp", String.valueOf(NOW.getEpochSecond()))
                .containsEntry(
                        "webhook-signature",
                        MessageSignature.sign(List.of(OperatorsCheck.SECRET), "job-1", NOW, asked.body()));
        assertThat(counted("allow")).isEqualTo(1);
    }

    @Test
    void what_it_finds_is_told_in_its_words_on_one_line_and_no_more_of_them_than_are_kept() throws IOException {
        try (ContentCheck check = check(Map.of())) {
            operators.answers(200, "{\"verdict\": \"flag\", \"reason\": \"skin\\n0.9\\u0000\", \"model\": 7}");
            assertThat(ask(check)).isEqualTo(new Finding(Verdict.FLAG, "skin 0.9"));
            operators.answers(200, "{\"verdict\": \"refuse\", \"reason\": \"" + "\uD83D\uDC80".repeat(1_000) + "\"}");
            Finding refused = ask(check);
            assertThat(refused.verdict()).isEqualTo(Verdict.REFUSE);
            assertThat(refused.reason()).isEqualTo("\uD83D\uDC80".repeat(500));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "no",
                "{}",
                "{\"verdict\": null}",
                "{\"verdict\": {}}",
                "{\"verdict\": \"ALLOW\"}",
                "{\"verdict\": \"refuse\", \"reason\": [1, 2]}",
                "{\"verdict\": 1"
            })
    void what_is_no_answer_counts_as_none(String body) throws IOException {
        operators.answers(200, body);
        try (ContentCheck check = check(Map.of("content_check.when_away", "flag"))) {
            assertThat(ask(check)).isEqualTo(new Finding(Verdict.FLAG, "The check of content did not answer."));
            assertThat(operators.asked()).as("it is asked twice").hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 401, 404, 429, 500, 503})
    void any_status_but_200_counts_as_no_answer(int status) throws IOException {
        operators.answers(status, status == 204 ? "" : "{\"verdict\": \"refuse\"}");
        try (ContentCheck check = check(Map.of())) {
            assertThat(ask(check)).isEqualTo(Finding.NOTHING);
            assertThat(counted("none")).isEqualTo(1);
        }
    }

    @Test
    void an_answer_of_megabytes_is_not_read() throws IOException {
        operators.answers(200, "{\"verdict\": \"refuse\", \"reason\": \"" + "x".repeat(1 << 20) + "\"}");
        try (ContentCheck check = check(Map.of())) {
            assertThat(ask(check)).isEqualTo(Finding.NOTHING);
        }
    }

    @Test
    void a_photo_may_be_made_to_wait_for_an_answer() throws IOException {
        operators.answers(500, "");
        try (ContentCheck check = check(Map.of("content_check.when_away", "wait"))) {
            assertThatThrownBy(() -> ask(check))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_UNAVAILABLE));
        }
    }

    @Test
    void one_that_fell_silent_is_not_waited_for_longer_than_said_and_then_left_alone() throws IOException {
        operators.fallSilent();
        Map<String, String> hasty =
                Map.of("content_check.answer_max", "200ms", "content_check.circuit.failures_max", "1");
        try (ContentCheck check = check(hasty)) {
            assertThat(ask(check)).isEqualTo(Finding.NOTHING);
            int tries = operators.asked().size();
            assertThat(ask(check)).isEqualTo(Finding.NOTHING);
            assertThat(operators.asked())
                    .as("while the circuit is open nobody is asked")
                    .hasSize(tries);
            assertThat(counted("none")).isEqualTo(2);
        }
    }

    @Test
    void after_a_rest_it_is_asked_again() throws IOException {
        operators.answers(500, "");
        try (ContentCheck check = check(Map.of("content_check.circuit.failures_max", "1"))) {
            ask(check);
            operators.answers(200, "{\"verdict\": \"flag\"}");
            assertThat(ask(check)).isEqualTo(Finding.NOTHING);
            nanos.addAndGet(61_000_000_000L);
            assertThat(ask(check).verdict()).isEqualTo(Verdict.FLAG);
        }
    }

    @Test
    void work_that_is_stopped_does_not_wait_for_the_answer() throws Exception {
        operators.fallSilent();
        Stop stop = new Stop();
        try (ContentCheck check = check(Map.of("content_check.answer_max", "50s"))) {
            CompletableFuture<Finding> asking = CompletableFuture.supplyAsync(() -> check.ask(QUESTION, stop));
            Eventually.holds(() -> assertThat(operators.asked()).hasSize(1));
            stop.request(Stop.Cause.CANCELLED);
            assertThatThrownBy(asking::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(Stop.Stopped.class);
        }
    }

    @Test
    void plain_http_reaches_the_networks_allowed_only() throws IOException {
        try (ContentCheck check = check(Map.of("content_check.networks_allowed", "10.0.0.0/8"))) {
            assertThat(ask(check)).isEqualTo(Finding.NOTHING);
            assertThat(operators.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "url=ftp://checks.example/",
                "url=https:///nowhere",
                "url=https://me@checks.example/",
                "networks_allowed=",
                "secret=",
                "secret=whsec_c2hvcnQ=",
                "secret=plain",
                "networks_allowed=10.0.0.0",
                "when_away=refuse",
                "answer_max=2m"
            })
    void wrong_settings_are_named_at_the_start(String setting) {
        String key = setting.substring(0, setting.indexOf('='));
        Map<String, String> wrong = new HashMap<>();
        wrong.put("content_check." + key, setting.substring(key.length() + 1));
        assertThatThrownBy(() -> check(wrong)).isInstanceOf(BadSettings.class).hasMessageContaining("content_check.");
    }
}
