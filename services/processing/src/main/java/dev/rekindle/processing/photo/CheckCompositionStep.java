package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;

/**
 * Holds the written picture against the photos it was made of: it can be read, has the size it was written with, is not blank,
 * and is not one of the photos and nothing else. What fails here is done again.
 */
final class CheckCompositionStep implements Step<PhotoWork> {
    private static final double DETAIL_KEPT_MIN = 0.15;
    private static final double ONE_ALONE_FROM = 0.97;

    private final String output;

    CheckCompositionStep(String output) {
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
        try (Picture result = CheckResultStep.written(work, output, stop)) {
            check(work.gathered(), PictureSize.of(work.picture()), result);
        }
    }

    /** Throws RESULT_REJECTED unless the result may be what was asked for. */
    static void check(List<Picture> photos, PictureSize expected, Picture result) {
        if (!PictureSize.of(result).equals(expected)) {
            throw rejected("The result is " + PictureSize.of(result) + " pixels; expected " + expected + ".");
        }
        double detail = 0;
        for (Picture photo : photos) {
            Resizing whole = new Resizing(photo.width(), photo.height(), expected);
            try (Picture alone = photo.resized(whole, 0, 0, Interpolation.INTERPOLATION_BILINEAR)) {
                Resemblance resemblance = Resemblance.of(alone, result);
                if (resemblance.structure() > ONE_ALONE_FROM) {
                    throw rejected("The result shows only one of the photos that were sent.");
                }
                detail = Math.max(detail, resemblance.detailKept());
            }
        }
        if (detail < DETAIL_KEPT_MIN) {
            throw rejected("The result is blank.");
        }
    }

    private static Failure rejected(String message) {
        return Failure.of(Reason.REASON_RESULT_REJECTED, message);
    }
}
