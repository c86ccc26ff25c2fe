package dev.rekindle.processing.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.picture.Resizing;
import java.util.List;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What may be given to the owner of a photo as its restoration, and what is made again. */
@Tag("PHO-08")
class CheckResultStepTest {

    @Test
    void the_same_scene_in_another_contrast_and_in_colour_is_taken() {
        try (Picture original = TestPhotos.picture("astronaut")) {
            Mat brighter = new Mat();
            original.mat().convertTo(brighter, -1, 0.7, 40);
            try (Picture result = Picture.of(brighter)) {
                assertThatCode(() -> CheckResultStep.check(original, result, true))
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void an_unchanged_picture_is_taken_unless_there_was_damage_to_mend() {
        try (Picture original = TestPhotos.picture("coffee");
                Picture result = original.copy()) {
            assertThatCode(() -> CheckResultStep.check(original, result, false)).doesNotThrowAnyException();
            rejected(original, result, true, "although there was damage to mend");
        }
    }

    /** Seventy pixels of a meadow all of one brightness, where a white scratch is most of what there is to see. */
    private static Picture dim(boolean scratched, int ball) {
        Mat mat = new Mat(79, 71, CV_8UC3);
        try (UByteIndexer pixels = mat.createIndexer()) {
            for (int y = 0; y < 79; y++) {
                for (int x = 0; x < 71; x++) {
                    boolean inBall = (x - ball) * (x - ball) + (y - 50) * (y - 50) < 90;
                    boolean inScratch = scratched && x == 19;
                    pixels.put(y, x, 0, inScratch ? 255 : 60 + x / 4);
                    pixels.put(y, x, 1, inScratch ? 255 : (inBall ? 140 : 165) - y / 8);
                    pixels.put(y, x, 2, inScratch ? 255 : 10);
                }
            }
        }
        return Picture.of(mat);
    }

    @Test
    void a_dim_picture_is_the_same_without_the_scratch_that_was_most_of_its_contrast() {
        try (Picture original = dim(true, 45);
                Picture result = dim(false, 45)) {
            assertThat(Resemblance.of(original, result).structure()).isLessThan(0.55);
            assertThatCode(() -> CheckResultStep.check(original, result, true)).doesNotThrowAnyException();
            rejected(original, result, false, "does not show the photo");
        }
    }

    @Test
    void what_was_mended_may_be_a_tenth_of_a_picture_and_not_the_picture() {
        try (Picture original = TestPhotos.picture("astronaut")) {
            for (String name : List.of("camera", "chelsea", "coffee", "grace_hopper", "rocket")) {
                try (Picture other = TestPhotos.picture(name);
                        Picture result = other.resized(
                                new Resizing(other.width(), other.height(), PictureSize.of(original)),
                                0,
                                0,
                                Interpolation.INTERPOLATION_BILINEAR)) {
                    rejected(original, result, true, "does not show the photo");
                }
            }
            Mat mirrored = new Mat();
            flip(original.mat(), mirrored, 1);
            try (Picture result = Picture.of(mirrored)) {
                rejected(original, result, true, "does not show the photo");
            }
        }
    }

    @Test
    void a_blank_picture_is_rejected() {
        try (Picture original = TestPhotos.picture("astronaut");
                Picture blank = Picture.of(
                        new Mat(original.height(), original.width(), CV_8UC3, new Scalar(127, 127, 127, 0)))) {
            rejected(original, blank, false, "blank");
        }
    }

    @Test
    void another_picture_is_rejected() {
        try (Picture original = TestPhotos.picture("astronaut");
                Picture other = TestPhotos.picture("coffee")) {
            Mat sized = new Mat();
            resize(other.mat(), sized, new Size(original.width(), original.height()), 0, 0, INTER_AREA);
            try (Picture result = Picture.of(sized)) {
                rejected(original, result, false, "does not show the photo");
            }
        }
    }

    @Test
    void another_size_is_rejected() {
        try (Picture original = TestPhotos.picture("astronaut")) {
            Mat half = new Mat();
            resize(original.mat(), half, new Size(original.width() / 2, original.height() / 2), 0, 0, INTER_AREA);
            try (Picture result = Picture.of(half)) {
                rejected(original, result, false, "expected");
            }
        }
    }

    private static void rejected(Picture original, Picture result, boolean mended, String why) {
        assertThatThrownBy(() -> CheckResultStep.check(original, result, mended))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(why)
                .satisfies(thrown -> assertThat(((Failure) thrown).reason()).isEqualTo(Reason.REASON_RESULT_REJECTED));
    }
}
