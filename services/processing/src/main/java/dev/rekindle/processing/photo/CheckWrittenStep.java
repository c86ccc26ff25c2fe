package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;

/** Reads a picture that was written, and holds it against what it was made of. What fails here is done again. */
abstract sealed class CheckWrittenStep implements Step<PhotoWork> permits CheckResultStep, CheckCompositionStep {
    private static final double DETAIL_KEPT_MIN = 0.15;

    private final String output;

    CheckWrittenStep(String output) {
        this.output = output;
    }

    @Override
    public final String name() {
        return "check_result";
    }

    @Override
    public final double weight() {
        return 3;
    }

    @Override
    public final void run(PhotoWork work, Progress progress, Stop stop) {
        try (Picture result = read(written(work, output), stop)) {
            check(work, result);
        }
    }

    /** Throws RESULT_REJECTED unless the result may be what was asked for. */
    abstract void check(PhotoWork work, Picture result);

    /** Where an output was written. */
    static Path written(PhotoWork work, String output) {
        PhotoWork.Made made = work.made().get(output);
        if (made == null) {
            throw Failure.internal("There is no output " + output + " to check.", null);
        }
        return made.file();
    }

    private static Picture read(Path file, Stop stop) {
        try {
            MediaHeader header = MediaHeader.read(
                    ByteSource.ofFile(file), MediaLimits.photos().withBytesMax(1L << 32));
            return PictureDecoder.decode(file, header, 0, stop);
        } catch (Failure failure) {
            throw rejected("The result cannot be read.").withDetail(failure.message(), failure);
        }
    }

    static void requireSize(PictureSize expected, Picture result) {
        if (!PictureSize.of(result).equals(expected)) {
            throw rejected("The result is " + PictureSize.of(result) + " pixels; expected " + expected + ".");
        }
    }

    /** @param what is blank if it keeps less detail than that, 0 to 1 */
    static void requireDetail(double kept, String what) {
        if (kept < DETAIL_KEPT_MIN) {
            throw rejected("The " + what + " is blank.");
        }
    }

    static Failure rejected(String message) {
        return Failure.of(Reason.REASON_RESULT_REJECTED, message);
    }
}
