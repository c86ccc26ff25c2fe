package dev.rekindle.processing.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
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
