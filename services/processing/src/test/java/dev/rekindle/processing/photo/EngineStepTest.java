package dev.rekindle.processing.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.engine.EngineRequest;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused while another engine may still be asked for the photo. */
@Tag("PHO-08")
class EngineStepTest {
    private static final PictureSize MAX = new PictureSize(1280, 1280);

    /** What a picture shows, in the size that engines give to that small photo. */
    private static Picture large(Picture shown, Picture photo) {
        PictureSize twice = new PictureSize(2 * photo.width(), 2 * photo.height());
        Resizing whole = new Resizing(shown.width(), shown.height(), twice);
        return shown.resized(whole, 0, 0, Interpolation.INTERPOLATION_BICUBIC);
    }

    private static EngineRequest request(Picture photo) {
        Attempt attempt = new Attempt("", Path::of, _ -> {});
        return new EngineRequest(new EngineRequest.Canvas(photo, MAX), true, false, List.of(), 0.7, attempt);
    }

    @Test
    void a_photo_that_was_enlarged_is_taken() {
        try (Picture photo = TestPhotos.picture("astronaut");
                Picture made = large(photo, photo)) {
            EngineResult result = new EngineResult(made, List.of(), false);
            assertThat(EngineStep.required(result, request(photo))).isSameAs(result);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "rocket"})
    void another_picture_is_refused_at_once_although_it_is_larger(String name) {
        try (Picture photo = TestPhotos.picture("astronaut");
                Picture shown = TestPhotos.picture(name);
                Picture made = large(shown, photo)) {
            if (name.equals("astronaut")) {
                made.mat().put(Scalar.all(3));
            }
            EngineResult result = new EngineResult(made, List.of(), false);
            assertThatThrownBy(() -> EngineStep.required(result, request(photo)))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_RESULT_REJECTED));
        }
    }
}
