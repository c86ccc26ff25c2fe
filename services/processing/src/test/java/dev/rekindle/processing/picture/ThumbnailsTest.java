package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.norm;

import dev.rekindle.processing.TestPhotos;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("PRC-10")
class ThumbnailsTest {
    private static Picture get(Map<Integer, Picture> thumbnails, int side) {
        return Objects.requireNonNull(thumbnails.get(side));
    }

    @Test
    void there_are_three_and_each_fits_its_square() {
        try (Picture picture = TestPhotos.picture("rocket")) {
            Map<Integer, Picture> thumbnails = Thumbnails.of(picture);
            assertThat(thumbnails.keySet()).containsExactly(150, 300, 600);
            assertThat(PictureSize.of(get(thumbnails, 600))).isEqualTo(new PictureSize(600, 400));
            assertThat(PictureSize.of(get(thumbnails, 300))).isEqualTo(new PictureSize(300, 200));
            assertThat(PictureSize.of(get(thumbnails, 150))).isEqualTo(new PictureSize(150, 100));
            try (Picture direct = picture.fittingIn(PictureSize.square(150))) {
                Mat small = get(thumbnails, 150).mat();
                assertThat(norm(small, direct.mat(), NORM_L1, new Mat()) / (3.0 * small.total()))
                        .as("mean difference from reducing in one go")
                        .isLessThan(3);
            }
            thumbnails.values().forEach(Picture::close);
        }
    }

    @Test
    void a_small_picture_is_not_enlarged() {
        try (Picture picture = TestPhotos.picture("chelsea");
                Picture small = picture.fittingIn(PictureSize.square(200))) {
            Map<Integer, Picture> thumbnails = Thumbnails.of(small);
            assertThat(get(thumbnails, 600).width()).isEqualTo(200);
            assertThat(get(thumbnails, 300).width()).isEqualTo(200);
            assertThat(get(thumbnails, 150).width()).isEqualTo(150);
            thumbnails.values().forEach(Picture::close);
        }
    }
}
