package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.Resemblance;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the patterns of paper and print are seen and taken away, and nothing else. */
@Tag("AI-02")
class PeriodicPatternTest {
    private static PeriodicPattern pattern(Mat bgr) {
        try (Mat luminance = Luminance.of(bgr)) {
            return PeriodicPattern.of(luminance, new Stop());
        }
    }

    /** Takes a pattern away and answers by how many decibels the picture came nearer to the clean one. */
    private static double gain(Picture clean, Picture picture, double share, List<String> report) {
        double was = Likeness.psnr(clean.mat(), picture.mat());
        PeriodicPattern.takeAway(picture.mat(), share, report, Progress.unheard(), new Stop());
        return Likeness.psnr(clean.mat(), picture.mat()) - was;
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "camera", "chelsea", "coffee", "rocket"})
    void a_printing_screen_is_found_and_taken_away_and_none_is_seen_without(String name) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, 20).screen(5, 45);
                Picture printed = old.picture()) {
            assertThat(pattern(clean.mat()).visible()).as("seen without").isFalse();
            assertThat(pattern(printed.mat()).period()).isCloseTo(5, within(0.4));
            List<String> report = new ArrayList<>();
            assertThat(gain(clean, printed, 1, report)).isGreaterThan(9);
            assertThat(report).singleElement().asString().startsWith("Took away the dots of a printing screen");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "camera", "chelsea", "coffee"})
    void embossed_paper_is_found_and_taken_away(String name) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, 20).honeycomb(10, 0.08);
                Picture embossed = old.picture()) {
            assertThat(pattern(embossed.mat()).period()).isCloseTo(10, within(0.6));
            List<String> report = new ArrayList<>();
            assertThat(gain(clean, embossed, 1, report)).isGreaterThan(3);
            assertThat(report).singleElement().asString().startsWith("Took away the pattern of the paper");
        }
    }

    @Test
    void the_engine_says_so_and_its_result_resembles_the_photo() {
        try (Picture clean = TestPhotos.picture("chelsea");
                OldPhoto old = OldPhoto.of(clean, 20).screen(6, 20);
                Picture printed = old.picture()) {
            EngineRequest request = new EngineRequest(printed, true, false, List.of(), 0.7, Attempts.NONE);
            EngineResult result = EmbeddedEngine.load().run(request, Progress.unheard(), new Stop());
            try (Picture restored = result.picture()) {
                assertThat(result.report()).anyMatch(line -> line.startsWith("Took away the dots"));
                Resemblance resemblance = Resemblance.of(printed, restored);
                assertThat(resemblance.structure()).isGreaterThan(0.85);
                assertThat(resemblance.identical()).isFalse();
            }
        }
    }

    @Test
    void what_fills_a_part_of_a_photo_stays() {
        try (Picture clean = TestPhotos.picture("coffee");
                OldPhoto old = OldPhoto.of(clean, 20).screen(6, 20);
                Picture picture = old.picture();
                Rect right = new Rect(picture.width() / 3, 0, picture.width() - picture.width() / 3, picture.height());
                Mat plain = new Mat(clean.mat(), right);
                Mat place = new Mat(picture.mat(), right)) {
            assertThat(pattern(picture.mat()).visible()).isTrue();
            plain.copyTo(place);
            assertThat(pattern(picture.mat()).visible()).isFalse();
        }
    }

    @Test
    void a_share_of_it_is_taken_away() {
        try (Picture clean = TestPhotos.picture("chelsea");
                OldPhoto old = OldPhoto.of(clean, 20).honeycomb(10, 0.08);
                Picture whole = old.picture();
                Picture half = old.picture();
                Picture none = old.picture()) {
            List<String> report = new ArrayList<>();
            double most = gain(clean, whole, 1, new ArrayList<>());
            assertThat(gain(clean, half, 0.4, new ArrayList<>())).isBetween(0.5, most - 0.5);
            assertThat(gain(clean, none, 0.02, report)).isZero();
            assertThat(report).isEmpty();
        }
    }

    @Test
    void in_a_small_picture_nothing_is_looked_for() {
        try (Picture clean = TestPhotos.picture("coffee");
                OldPhoto old = OldPhoto.of(clean, 20).screen(6, 20);
                Picture picture = old.picture();
                Mat small = new Mat(picture.mat(), new Rect(0, 0, 255, 255))) {
            assertThat(pattern(small).visible()).isFalse();
        }
    }
}
