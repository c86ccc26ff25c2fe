package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;

/**
 * Holds the written result against the picture it was made of: it can be read, has the right size, is not blank, shows the
 * same scene, and differs where something was mended. What fails here is done again.
 */
final class CheckResultStep implements Step<PhotoWork> {
    private static final double SAME_SCENE_MIN = 0.55;
    /** Of what is beside the places that differ most. No two scenes of our trials came above 0.77. */
    private static final double SAME_BESIDE_MIN = 0.85;

    private static final double DETAIL_KEPT_MIN = 0.15;

    private final String output;

    CheckResultStep(String output) {
        this.output = output;
    }

    @Override
    public String name() {
        return "check_result";
    }

    @Override
    public double weight() {
        return 3;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        try (Picture result = written(work, output, stop)) {
            check(work.original(), result, work.mended());
        }
    }

    /** An output as it was written. The caller closes it. */
    static Picture written(PhotoWork work, String output, Stop stop) {
        PhotoWork.Made made = work.made().get(output);
        if (made == null) {
            throw Failure.internal("There is no output " + output + " to check.", null);
        }
        return read(made.file(), stop);
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

    /** Throws RESULT_REJECTED unless the result may be what was asked for. */
    static void check(Picture original, Picture result, boolean mended) {
        PictureSize expected = PictureSize.of(original);
        if (!PictureSize.of(result).equals(expected)) {
            throw rejected("The result is " + PictureSize.of(result) + " pixels; expected " + expected + ".");
        }
        Resemblance resemblance = Resemblance.of(original, result);
        if (resemblance.detailKept() < DETAIL_KEPT_MIN) {
            throw rejected("The result is blank.");
        }
        boolean sameBesideDamage = mended && resemblance.structureBeside() >= SAME_BESIDE_MIN;
        if (resemblance.structure() < SAME_SCENE_MIN && !sameBesideDamage) {
            throw rejected("The result does not show the photo that was sent.");
        }
        if (mended && resemblance.identical()) {
            throw rejected("The result is the photo that was sent, although there was damage to mend.");
        }
    }

    private static Failure rejected(String message) {
        return Failure.of(Reason.REASON_RESULT_REJECTED, message);
    }
}
