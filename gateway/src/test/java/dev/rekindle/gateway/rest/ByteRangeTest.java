package dev.rekindle.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.platform.rpc.Failure;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("PHO-02")
class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({"bytes=0-9,0,9", "bytes=5-,5,99", "bytes=-10,90,99", "bytes=-500,0,99", "bytes=90-500,90,99"})
    void a_range_is_measured_by_the_content(String header, long first, long last) {
        assertThat(ByteRange.asked(header, 100)).isEqualTo(new ByteRange(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,5-6", "items=0-1", "bytes=-", "bytes=a-b", ""})
    void what_is_no_single_range_of_bytes_is_answered_with_the_whole(String header) {
        assertThat(ByteRange.asked(header, 100)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=-0", "bytes=9-5"})
    void a_range_outside_of_the_content_cannot_be_had(String header) {
        assertThatThrownBy(() -> ByteRange.asked(header, 100)).isInstanceOf(HttpRefusal.class);
    }

    @Test
    void a_part_that_is_sent_knows_whether_it_is_the_last() {
        assertThat(ByteRange.sent("bytes 0-9/20").isLast()).isFalse();
        assertThat(ByteRange.sent("bytes 10-19/20").isLast()).isTrue();
        assertThat(ByteRange.sent("bytes 10-19/*").isLast()).isFalse();
        assertThat(ByteRange.sent("bytes 10-19/20").piece().length()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes 9-0/20",
                "bytes 0-20/20",
                "bytes */20",
                "0-9/20",
                "bytes 0-9",
                "bytes 99999999999999999999-9/*"
            })
    void what_is_no_part_is_refused(String header) {
        assertThatThrownBy(() -> ByteRange.sent(header)).isInstanceOf(Failure.class);
    }
}
