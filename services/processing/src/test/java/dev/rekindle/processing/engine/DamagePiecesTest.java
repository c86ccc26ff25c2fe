package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_8;
import static org.bytedeco.opencv.global.opencv_imgproc.circle;
import static org.bytedeco.opencv.global.opencv_imgproc.line;

import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("AI-02")
class DamagePiecesTest {
    /** Grain of so many levels around 150. */
    private static Mat ground(double grain) {
        Mat ground = new Mat(60, 60, CV_8UC1);
        UByteIndexer pixels = ground.createIndexer();
        SplittableRandom random = new SplittableRandom(4);
        for (int y = 0; y < 60; y++) {
            for (int x = 0; x < 60; x++) {
                pixels.put(y, x, (int) Math.clamp(150 + grain * random.nextGaussian(), 0, 255));
            }
        }
        return ground;
    }

    private static DamagePieces speck(Mat ground, int x, int y, int brightness) {
        Mat sure = new Mat(60, 60, CV_8UC1, Scalar.all(0));
        circle(sure, new Point(x, y), 2, Scalar.all(200), -1, LINE_8, 0);
        circle(ground, new Point(x, y), 2, Scalar.all(brightness), -1, LINE_8, 0);
        DamagePieces pieces = DamagePieces.of(ground, sure);
        assertThat(pieces.count()).isEqualTo(2);
        assertThat(pieces.get(1).isSpeck()).isTrue();
        return pieces;
    }

    @ParameterizedTest
    @CsvSource({"0, 130, true", "0, 145, false", "6, 60, true", "6, 250, true", "6, 165, false", "30, 60, false"})
    void a_speck_is_alone_if_it_stands_out_from_even_ground(double grain, int brightness, boolean alone) {
        try (PointerScope _ = new PointerScope()) {
            DamagePieces pieces = speck(ground(grain), 30, 30, brightness);
            assertThat(pieces.isAlone(1)).isEqualTo(alone);
            assertThat(pieces.isAloneAndLight(1)).isEqualTo(alone && brightness > 150);
        }
    }

    @Test
    void a_speck_at_the_border_is_looked_at_as_far_as_there_is_a_picture() {
        try (PointerScope _ = new PointerScope()) {
            assertThat(speck(ground(3), 0, 59, 20).isAlone(1)).isTrue();
        }
    }

    /** Frames and scanners leave rims; a scratch begins at the border and goes on. */
    @ParameterizedTest
    @CsvSource({"0, 0, 0, 59, false", "59, 2, 59, 58, false", "0, 0, 30, 59, true", "0, 30, 59, 30, true"})
    void what_lies_along_the_border_is_never_sure(int fromX, int fromY, int toX, int toY, boolean sure) {
        try (PointerScope _ = new PointerScope()) {
            Mat likely = new Mat(60, 60, CV_8UC1, Scalar.all(0));
            line(likely, new Point(fromX, fromY), new Point(toX, toY), Scalar.all(250), 1, LINE_8, 0);
            assertThat(DamagePieces.of(ground(3), likely).get(1).isSure(240)).isEqualTo(sure);
        }
    }

    /** Film scratches begin at a border; crutches and ropes are held by somebody. */
    @ParameterizedTest
    @CsvSource({"0, true", "12, false"})
    void a_line_begins_at_a_border(int top, boolean isLine) {
        try (PointerScope _ = new PointerScope()) {
            Mat likely = new Mat(200, 200, CV_8UC1, Scalar.all(0));
            line(likely, new Point(90, top), new Point(94, 70), Scalar.all(250), 2, LINE_8, 0);
            line(likely, new Point(95, 80), new Point(99, 130), Scalar.all(250), 2, LINE_8, 0);
            DamagePieces pieces = DamagePieces.of(new Mat(200, 200, CV_8UC1, Scalar.all(90)), likely);
            assertThat(pieces.count()).isEqualTo(3);
            assertThat(pieces.where(DamagePiece::isLine)).hasSize(isLine ? 2 : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"200, true", "20, false"})
    void a_crack_that_shows_paper_is_light(int brightness, boolean isLight) {
        try (PointerScope _ = new PointerScope()) {
            Mat picture = new Mat(100, 100, CV_8UC1, Scalar.all(110));
            Mat likely = new Mat(100, 100, CV_8UC1, Scalar.all(0));
            line(picture, new Point(20, 20), new Point(80, 60), Scalar.all(brightness), 4, LINE_8, 0);
            line(likely, new Point(20, 20), new Point(80, 60), Scalar.all(250), 4, LINE_8, 0);
            assertThat(DamagePieces.of(picture, likely).get(1).isLight()).isEqualTo(isLight);
        }
    }
}
