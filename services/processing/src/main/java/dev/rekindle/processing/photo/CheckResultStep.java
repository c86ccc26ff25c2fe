package dev.rekindle.processing.photo;

import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resemblance;

/**
 * Holds the written result against the picture it was made of: it can be read, has the right size, is not blank, shows the
 * same scene, and differs where something was mended.
 */
final class CheckResultStep extends CheckWrittenStep {
    private static final double SAME_SCENE_MIN = 0.55;
    /** Of what is beside the places that differ most. No two scenes of our trials came above 0.77. */
    private static final double SAME_BESIDE_MIN = 0.85;

    CheckResultStep(String output) {
        super(output);
    }

    @Override
    void check(PhotoWork work, Picture result) {
        check(work.original(), result, work.mended());
    }

    /** Throws RESULT_REJECTED unless the result may be what was asked for. */
    static void check(Picture original, Picture result, boolean mended) {
        requireSize(PictureSize.of(original), result);
        Resemblance resemblance = Resemblance.of(original, result);
        requireDetail(resemblance.detailKept(), "result");
        boolean sameBesideDamage = mended && resemblance.structureBeside() >= SAME_BESIDE_MIN;
        if (resemblance.structure() < SAME_SCENE_MIN && !sameBesideDamage) {
            throw rejected("The result does not show the photo that was sent.");
        }
        if (mended && resemblance.identical()) {
            throw rejected("The result is the photo that was sent, although there was damage to mend.");
        }
    }
}
