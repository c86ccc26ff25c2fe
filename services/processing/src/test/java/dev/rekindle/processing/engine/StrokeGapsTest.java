package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_8;
import static org.bytedeco.opencv.global.opencv_imgproc.line;

import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("AI-02")
class StrokeGapsTest {
    private static final int SIDE = 400;
    private static final int GAP_FROM = 180;
    private static final int GAP_TO = 230;

    /** Even waves of brightness, as busy as the folds of a dress. */
    private static Mat photo() {
        Mat photo = new Mat(SIDE, SIDE, CV_8UC1);
        UByteIndexer pixels = photo.createIndexer();
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                pixels.put(y, x, (int) (120 + 40 * Math.sin(x / 17.0) * Math.cos(y / 23.0)));
            }
        }
        return photo;
    }

    private static void draw(Mat on, int fromX, int fromY, int toX, int toY, int value) {
        line(on, new Point(fromX, fromY), new Point(toX, toY), Scalar.all(value), 3, LINE_8, 0);
    }

    /** What is marked in the gap when the network has seen what is sure. */
    private static int markedInGap(Mat photo, Mat sure) {
        Mat marks = sure.clone();
        DamagePieces pieces = DamagePieces.of(photo, sure);
        List<DamagePiece> damage =
                IntStream.range(1, pieces.count()).mapToObj(pieces::get).toList();
        StrokeGaps.mark(photo, damage, marks);
        return countNonZero(new Mat(marks, new Rect(0, GAP_FROM + 5, SIDE, GAP_TO - GAP_FROM - 10)));
    }

    /** A scratch from top to bottom, a little aslant, which the network has not seen in the middle. */
    private static Mat sureAboveAndBelow() {
        Mat sure = new Mat(SIDE, SIDE, CV_8UC1, Scalar.all(0));
        draw(sure, 190, 0, 199, GAP_FROM, 250);
        draw(sure, 201, GAP_TO, 210, SIDE - 1, 250);
        return sure;
    }

    @Test
    void a_scratch_is_marked_where_it_is_seen_on_although_the_network_does_not() {
        try (PointerScope _ = new PointerScope()) {
            for (int tone : new int[] {230, 20}) {
                Mat photo = photo();
                draw(photo, 190, 0, 210, SIDE - 1, tone);
                assertThat(markedInGap(photo, sureAboveAndBelow()))
                        .as("of brightness %d", tone)
                        .isBetween(100, 320);
            }
        }
    }

    @Test
    void where_nothing_is_to_be_seen_between_two_scratches_they_are_two() {
        try (PointerScope _ = new PointerScope()) {
            Mat photo = photo();
            draw(photo, 190, 0, 199, GAP_FROM, 230);
            draw(photo, 201, GAP_TO, 210, SIDE - 1, 230);
            assertThat(markedInGap(photo, sureAboveAndBelow())).isZero();
        }
    }

    @Test
    void something_that_ends_at_a_scratch_which_lies_across_is_not_followed() {
        try (PointerScope _ = new PointerScope()) {
            Mat photo = photo();
            draw(photo, 190, 0, 201, GAP_TO, 230);
            draw(photo, 100, GAP_TO + 10, 300, GAP_TO + 10, 230);
            Mat sure = new Mat(SIDE, SIDE, CV_8UC1, Scalar.all(0));
            draw(sure, 190, 0, 199, GAP_FROM, 250);
            draw(sure, 100, GAP_TO + 10, 300, GAP_TO + 10, 250);
            assertThat(markedInGap(photo, sure)).isZero();
        }
    }
}
