package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.processing.pipeline.Stop;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("AI-07")
class LabColoursTest {
    private static float[] painted(float[] chroma, int grey) {
        try (PointerScope _ = new PointerScope()) {
            Mat luminance = new Mat(8, 8, CV_8UC1, Scalar.all(grey));
            Mat bgr = new Mat(8, 8, CV_8UC3);
            Mat[] planes = {
                new Mat(8, 8, CV_32FC1, Scalar.all(chroma[0])), new Mat(8, 8, CV_32FC1, Scalar.all(chroma[1]))
            };
            LabColours.paint(luminance, planes, bgr, new Stop());
            Mat[] seen = LabColours.chroma(bgr);
            FloatIndexer a = seen[0].createIndexer();
            FloatIndexer b = seen[1].createIndexer();
            return new float[] {a.get(4, 4), b.get(4, 4)};
        }
    }

    /** Skin, sky, navy and grass on what is nearly white, red on what is nearly black: there is not room for all of the colour. */
    @ParameterizedTest
    @CsvSource({"E0AC94, 246", "87CEEB, 246", "1F3A6B, 240", "3F8040, 248", "C02030, 20"})
    void a_colour_keeps_its_hue_where_there_is_not_room_for_all_of_it(String rgb, int grey) {
        float[] marked = LabColours.chromaOf(Integer.parseInt(rgb, 16));
        float[] painted = painted(marked, grey);
        double hue = Math.toDegrees(Math.atan2(marked[1], marked[0]));
        double off = Math.toDegrees(Math.atan2(painted[1], painted[0])) - hue;
        assertThat(Math.IEEEremainder(off, 360)).isCloseTo(0, within(8.0));
        double share = Math.hypot(painted[0], painted[1]) / Math.hypot(marked[0], marked[1]);
        assertThat(share).isBetween(0.1, 0.95);
    }

    @ParameterizedTest
    @CsvSource({"E0AC94, 190", "87CEEB, 180", "1F3A6B, 60", "3F8040, 100"})
    void elsewhere_it_is_painted_as_it_was_marked(String rgb, int grey) {
        float[] marked = LabColours.chromaOf(Integer.parseInt(rgb, 16));
        float[] painted = painted(marked, grey);
        assertThat(painted[0]).isCloseTo(marked[0], within(1.5f));
        assertThat(painted[1]).isCloseTo(marked[1], within(1.5f));
    }
}
