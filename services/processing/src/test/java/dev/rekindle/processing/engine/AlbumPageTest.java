package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.mean;
import static org.bytedeco.opencv.global.opencv_core.norm;

import dev.rekindle.common.v1.Resolution;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("AI-06")
class AlbumPageTest {
    private static EngineResult compose(String words, Picture... photos) {
        CompositionRequest request = new CompositionRequest(
                List.of(photos), Resolution.RESOLUTION_480P, words, new Attempt("a", java.nio.file.Path::of, _ -> {}));
        return EmbeddedEngine.load().compose(request, Progress.unheard(), new Stop());
    }

    private static PageLayout layout(Picture... photos) {
        return PageLayout.of(List.of(photos).stream().map(PictureSize::of).toList(), new PictureSize(854, 480));
    }

    /** A piece of a page. */
    private static Picture at(PageLayout.Spot spot, Picture page) {
        Resizing same = new Resizing(spot.width(), spot.height(), new PictureSize(spot.width(), spot.height()));
        return page.resized(same, spot.left(), spot.top(), Interpolation.INTERPOLATION_NEAREST);
    }

    private static double brightness(Picture picture) {
        try (Scalar means = mean(picture.mat())) {
            return (means.get(0) + means.get(1) + means.get(2)) / 3;
        }
    }

    @Test
    void every_photo_is_on_the_page_in_its_place_and_the_report_says_that_no_model_made_a_scene() {
        try (Picture one = TestPhotos.picture("astronaut");
                Picture two = TestPhotos.picture("grace_hopper");
                Picture three = TestPhotos.picture("coffee")) {
            EngineResult result = compose("at the sea", one, two, three);
            assertThat(String.join(" ", result.report()))
                    .contains("Laid 3 photos out on one page")
                    .contains("no model")
                    .contains("does not follow words");
            PageLayout layout = layout(one, two, three);
            try (Picture page = result.picture()) {
                assertThat(PictureSize.of(page)).isEqualTo(layout.page());
                List<Picture> photos = List.of(one, two, three);
                for (int i = 0; i < photos.size(); i++) {
                    PageLayout.Spot spot = layout.photo(i);
                    Picture photo = photos.get(i);
                    Resizing whole =
                            new Resizing(photo.width(), photo.height(), new PictureSize(spot.width(), spot.height()));
                    try (Picture shown = at(spot, page);
                            Picture expected = photo.resized(whole, 0, 0, Interpolation.INTERPOLATION_BILINEAR)) {
                        assertThat(Resemblance.of(expected, shown).structure()).isGreaterThan(0.97);
                    }
                }
                try (UByteIndexer pixels = page.mat().createIndexer()) {
                    assertThat(pixels.get(1, 1, 2)).as("warm paper").isGreaterThan(pixels.get(1, 1, 0));
                    assertThat(pixels.get(page.height() - 2, page.width() - 2, 0))
                            .as("light paper")
                            .isGreaterThan(200);
                }
            }
        }
    }

    @Test
    void a_dark_and_a_light_photo_come_nearer_to_each_other_and_grey_stays_grey() {
        try (Picture dark = TestPhotos.picture("camera");
                Picture light = TestPhotos.picture("camera")) {
            dark.mat().convertTo(dark.mat(), -1, 0.5, 0);
            light.mat().convertTo(light.mat(), -1, 0.5, 127);
            double before = brightness(light) - brightness(dark);
            PageLayout layout = layout(dark, light);
            try (Picture page = compose("", dark, light).picture();
                    Picture first = at(layout.photo(0), page);
                    Picture second = at(layout.photo(1), page);
                    UByteIndexer pixels = first.mat().createIndexer()) {
                assertThat(brightness(second) - brightness(first)).isBetween(0.3 * before, 0.7 * before);
                for (int x = 0; x < first.width(); x++) {
                    assertThat(pixels.get(20, x, 0)).isEqualTo(pixels.get(20, x, 2));
                }
            }
        }
    }

    @Test
    void the_same_photos_give_the_same_page() {
        try (Picture one = TestPhotos.picture("chelsea");
                Picture two = TestPhotos.picture("rocket");
                Picture page = compose("", one, two).picture();
                Picture again = compose("", one, two).picture()) {
            assertThat(norm(page.mat(), again.mat(), NORM_INF, new Mat())).isZero();
        }
    }
}
