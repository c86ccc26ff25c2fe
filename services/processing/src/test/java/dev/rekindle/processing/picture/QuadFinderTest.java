package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.BORDER_CONSTANT;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.PrintScene.On;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prints of known corners on drawn tables, cloths and rugs, and photos in which no print lies. */
@Tag("PHO-07")
class QuadFinderTest {
    private static final List<String> PHOTOS = List.of("camera", "coffee", "grace_hopper");
    /** Of the picture's longer side. */
    private static final double CORNER_ERROR_MAX = 0.008;

    private static final double LOST_PIXELS_MAX = 4;

    @ParameterizedTest
    @CsvSource({
        "TABLE, 6",
        "STRIPED_WOOD, 6",
        "DARK_PLANKS, 6",
        "LINEN, 5",
        // A borderless photo on a busy pattern is not always sure.
        "RUG, 3",
        "CHECKED_CLOTH, 0"
    })
    void a_print_is_found_where_it_lies_and_loses_nothing(On on, int foundMin) {
        int found = 0;
        for (String name : PHOTOS) {
            for (boolean whiteBorder : new boolean[] {true, false}) {
                try (Picture photo = TestPhotos.picture(name);
                        PrintScene scene = PrintScene.of(photo, whiteBorder, on, name.length())) {
                    Optional<Quad> quad = QuadFinder.find(scene.picture(), new Stop());
                    String which = name + (whiteBorder ? " with a border on " : " on ") + on;
                    quad.ifPresent(corners -> assertThat(corners.holds(scene.photo(), LOST_PIXELS_MAX))
                            .as(which)
                            .isTrue());
                    if (on != On.CHECKED_CLOTH) {
                        quad.ifPresent(corners ->
                                assertThat(scene.error(corners)).as(which).isLessThan(CORNER_ERROR_MAX));
                    }
                    found += quad.isPresent() ? 1 : 0;
                }
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(foundMin);
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "camera", "chelsea", "coffee", "grace_hopper", "rocket"})
    void nothing_is_cut_out_of_a_photo_nor_out_of_a_part_of_one(String name) {
        try (Picture photo = TestPhotos.picture(name)) {
            assertThat(QuadFinder.find(photo, new Stop())).isEmpty();
            for (int part = 0; part < 9; part++) {
                int width = photo.width() / 2;
                int height = photo.height() / 2;
                try (Rect piece = new Rect(part % 3 * width / 2, part / 3 * height / 2, width, height);
                        Mat view = new Mat(photo.mat(), piece);
                        Picture cut = Picture.of(view.clone())) {
                    assertThat(QuadFinder.find(cut, new Stop()))
                            .as("part " + part)
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void the_border_of_a_scanned_print_stays() {
        try (Picture photo = TestPhotos.picture("coffee")) {
            Mat bordered = new Mat();
            copyMakeBorder(photo.mat(), bordered, 40, 40, 40, 40, BORDER_CONSTANT, new Scalar(214, 228, 235, 0));
            try (Picture scanned = Picture.of(bordered)) {
                assertThat(QuadFinder.find(scanned, new Stop())).isEmpty();
            }
        }
    }

    @Test
    void a_print_that_reaches_out_of_the_picture_is_left_whole() {
        try (Picture photo = TestPhotos.picture("camera");
                PrintScene scene = PrintScene.of(photo, false, On.STRIPED_WOOD, 5)) {
            int left = (int) ((scene.corners().xs()[0] + scene.corners().xs()[1]) / 2);
            try (Rect right = new Rect(
                            left,
                            0,
                            scene.picture().width() - left,
                            scene.picture().height());
                    Mat view = new Mat(scene.picture().mat(), right);
                    Picture cut = Picture.of(view.clone())) {
                assertThat(QuadFinder.find(cut, new Stop())).isEmpty();
            }
        }
    }
}
