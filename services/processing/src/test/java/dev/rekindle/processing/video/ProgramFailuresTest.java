package dev.rekindle.processing.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("VID-06")
class ProgramFailuresTest {

    @ParameterizedTest
    @CsvSource({
        "1, '[mov] moov atom not found', REASON_CORRUPT_MEDIA",
        "183, 'Error opening input: Invalid data found when processing input', REASON_CORRUPT_MEDIA",
        "228, 'av_interleaved_write_frame(): No space left on device', REASON_OVERLOADED",
        "244, 'Error: Cannot allocate memory', REASON_NOT_ENOUGH_MEMORY",
        "8, 'Unknown encoder libfoo', REASON_UNIMPLEMENTED",
        "127, 'ffmpeg: error while loading shared libraries: libxcb.so.1', REASON_UNIMPLEMENTED",
        "137, '', REASON_NOT_ENOUGH_MEMORY",
        "139, '', REASON_CORRUPT_MEDIA",
        "152, '', REASON_JOB_TIMEOUT",
        "153, '', REASON_TOO_LARGE",
        "1, '[mov] [matroska,webm] File ended prematurely; file:input: Input/output error', REASON_CORRUPT_MEDIA",
        "1, 'file:input: Not yet implemented in FFmpeg, patches welcome', REASON_UNSUPPORTED_MEDIA",
        "1, 'file:input: Input/output error', REASON_INTERNAL",
        "1, 'something new', REASON_INTERNAL",
    })
    void an_end_is_told_by_its_code_and_by_what_was_said(int exit, String said, Reason reason) {
        Failure failure = ProgramFailures.of("ffmpeg", new RunProgram.Ended(exit, said));
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.detail()).contains(String.valueOf(exit), said);
        assertThat(failure.message()).doesNotContain("mov]");
    }

    @Test
    void progress_is_read_from_the_encoder_and_never_goes_back() {
        List<Double> heard = new ArrayList<>();
        Progress progress = Progress.to(heard::add);
        for (String line : List.of(
                "frame=1",
                "out_time_us=N/A",
                "out_time_us=1000000",
                "out_time_us=500000",
                "out_time_us=2000000",
                "progress=end")) {
            RunFFmpeg.heard(line, 4, progress);
        }
        assertThat(heard).containsExactly(0.25, 0.5);
    }
}
