package dev.rekindle.processing.photo;

import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.picture.Resizing;
import java.util.List;

/**
 * Holds the written picture against the photos it was made of: it can be read, has the size it was written with, is not blank,
 * and is not one of the photos and nothing else.
 */
final class CheckCompositionStep extends CheckWrittenStep {
    private static final double ONE_ALONE_FROM = 0.97;

    CheckCompositionStep(String output) {
        super(output);
    }

    @Override
    void check(PhotoWork work, Picture result) {
        check(work.gathered(), PictureSize.of(work.picture()), result);
    }

    /** Throws RESULT_REJECTED unless the result may be what was asked for. */
    static void check(List<Picture> photos, PictureSize expected, Picture result) {
        requireSize(expected, result);
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
        requireDetail(detail, "result");
    }
}
