package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.URLEncoder;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures on their way as statuses. */
class FailuresTest {
    /** What the strictest of clients reads of headers. */
    private static final int TRAILERS_BYTES_MAX = 8 << 10;

    private static int bytesOnTheWire(StatusRuntimeException status) {
        Metadata trailers = status.getTrailers();
        assertThat(trailers).isNotNull();
        byte[] details = trailers.get(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER));
        String message = String.valueOf(status.getStatus().getDescription());
        return details.length * 4 / 3
                + URLEncoder.encode(message, StandardCharsets.UTF_8).length();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "語", "🂡", "%"})
    void however_much_is_wrong_the_answer_fits_into_trailers(String letter) {
        String words = letter.repeat(5_000);
        Failure failure = Failure.violations(IntStream.range(0, 2_000)
                .mapToObj(i -> new Failure.Violation("photo_ids[" + i + "]" + words, "is " + words, "a_rule" + words))
                .toList());
        StatusRuntimeException status = Failures.toStatus(failure);
        assertThat(bytesOnTheWire(status)).isLessThan(TRAILERS_BYTES_MAX);
        Failure told = Failures.of(status);
        assertThat(told.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(told.violations()).isNotEmpty();
        assertThat(told.violations().getFirst().field()).startsWith("photo_ids[0]");
        assertThat(bytesOnTheWire(Failures.toStatus(Failure.of(Reason.REASON_NOT_FOUND, words))))
                .isLessThan(TRAILERS_BYTES_MAX);
    }

    @Test
    void what_is_short_arrives_as_it_was() {
        List<Failure.Violation> violations = IntStream.range(0, 12)
                .mapToObj(i -> new Failure.Violation("field[" + i + "]", "is " + i + "; expected more", "rule"))
                .toList();
        Failure told = Failures.of(Failures.toStatus(Failure.violations(violations)));
        assertThat(told.violations()).isEqualTo(violations);
        assertThat(told.message()).isEqualTo("field[0]: is 0; expected more (and 11 more)");
        assertThat(Failure.violations(IntStream.range(0, 500)
                                .mapToObj(i -> violations.getFirst())
                                .toList())
                        .message())
                .endsWith("(and 499 more)");
    }

    @Test
    @Tag("OPS-09")
    void a_connection_lost_while_a_call_was_written_to_it_is_a_part_that_is_away() {
        Status lost = Status.UNKNOWN.withDescription("channel closed");
        Failure told = Failures.of(lost.withCause(new ClosedChannelException()).asRuntimeException());
        assertThat(told.reason()).isEqualTo(Reason.REASON_UNAVAILABLE);
        assertThat(told.retryable()).isTrue();
        assertThat(told.detail()).contains("channel closed");
        assertThat(Failures.of(lost.asRuntimeException()).reason()).isEqualTo(Reason.REASON_INTERNAL);
    }
}
