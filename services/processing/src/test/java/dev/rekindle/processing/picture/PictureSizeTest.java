package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Resolution;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("AI-05")
class PictureSizeTest {
    @ParameterizedTest
    @CsvSource({
        "4000, 3000, RESOLUTION_480P, 640, 480",
        "3000, 4000, RESOLUTION_480P, 480, 640",
        "4000, 2000, RESOLUTION_480P, 854, 427",
        "4000, 3000, RESOLUTION_720P, 960, 720",
        "3840, 2160, RESOLUTION_720P, 1280, 720",
        "600, 400, RESOLUTION_720P, 600, 400",
        "300, 200, RESOLUTION_480P, 300, 200",
        "4000, 3000, RESOLUTION_ORIGINAL, 4000, 3000",
        "10000, 20, RESOLUTION_480P, 854, 2",
    })
    void a_result_fits_in_the_box_turned_to_match_and_is_never_enlarged(
            int width, int height, Resolution resolution, int expectedWidth, int expectedHeight) {
        PictureSize size = new PictureSize(width, height);
        assertThat(size.fittedInto(size.boxOf(resolution))).isEqualTo(new PictureSize(expectedWidth, expectedHeight));
    }
}
