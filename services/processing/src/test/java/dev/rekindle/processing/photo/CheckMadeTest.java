package dev.rekindle.processing.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What clips and compositions are refused for. */
@Tag("AI-06")
class CheckMadeTest {
    private final Picture cat = TestPhotos.picture("chelsea");
    private final Picture cup = TestPhotos.picture("coffee");

    @AfterEach
    void close() {
        cat.close();
        cup.close();
    }

    private static Picture blank() {
        return Picture.of(new Mat(240, 320, CV_8UC3, Scalar.all(40)));
    }

    private static void rejected(ThrowingCallable check, String why) {
        Failure failure = catchThrowableOfType(Failure.class, check);
        assertThat(failure).as(why).isNotNull();
        assertThat(failure.reason()).isEqualTo(Reason.REASON_RESULT_REJECTED);
        assertThat(failure.message()).contains(why);
    }

    @Test
    void a_clip_that_is_blank_or_of_something_else_is_rejected_and_one_of_another_shape_is_not() {
        try (Picture shown = cat.fittingIn(PictureSize.square(300));
                Picture other = cup.fittingIn(PictureSize.square(300));
                Picture blank = blank()) {
            CheckClipStep.check(cat, shown);
            rejected(() -> CheckClipStep.check(cat, other), "does not show the photo");
            rejected(() -> CheckClipStep.check(cat, blank), "blank");
        }
    }

    @Test
    void a_composition_that_is_blank_or_one_of_its_photos_alone_is_rejected() {
        try (Picture alone = cup.copy();
                Picture blank = blank()) {
            PictureSize size = PictureSize.of(alone);
            rejected(() -> CheckCompositionStep.check(List.of(cat, cup), size, alone), "only one of the photos");
            rejected(() -> CheckCompositionStep.check(List.of(cat, cup), PictureSize.of(blank), blank), "blank");
            rejected(() -> CheckCompositionStep.check(List.of(cat, cup), PictureSize.of(blank), alone), "pixels");
        }
    }
}
