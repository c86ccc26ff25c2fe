package dev.rekindle.processing.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("VID-08")
class PacketsTest {
    @Test
    void times_and_keyframes_are_told() {
        Packets packets = new Packets();
        for (int i = 0; i < 20; i++) {
            packets.take(i / 10.0 + "," + i / 10.0 + ",0.1," + (i % 4 == 0 ? "K__" : "___"));
        }
        assertThat(packets.frames()).isEqualTo(20);
        assertThat(packets.gop()).isEqualTo(4);
        assertThat(packets.seconds()).isCloseTo(2, within(1e-6));
    }

    @Test
    void a_video_of_more_pictures_than_two_hours_have_is_refused() {
        Packets packets = new Packets();
        for (long i = 0; i < Packets.FRAMES_MAX; i++) {
            packets.take("0.1,0.1,0.1,K__");
        }
        assertThat(packets.frames()).isEqualTo(2_000_000);
        Failure failure = catchThrowableOfType(Failure.class, () -> packets.take("0.1,0.1,0.1,K__"));
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).isEqualTo(Reason.REASON_TOO_MANY_PIXELS);
        assertThat(failure.message()).contains("more than 2000000 pictures");
    }
}
