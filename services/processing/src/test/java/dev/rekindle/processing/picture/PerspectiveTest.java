package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.opencv.global.opencv_core.BORDER_TRANSPARENT;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC2;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.getPerspectiveTransform;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_imgproc.warpPerspective;

import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.Point;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.pipeline.Stop;
import java.util.Random;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("PHO-07")
class PerspectiveTest {
    private static final float[][] SPOT = {{420, 150}, {1130, 210}, {1080, 1080}, {360, 1010}};

    /** A picture of 1600 × 1200 of a photo lying on a desk. */
    private static Picture onDesk(Picture photo) {
        Mat desk = new Mat(1200, 1600, CV_8UC3, new Scalar(96, 126, 148, 0));
        Random random = new Random(3);
        try (UByteIndexer pixels = desk.createIndexer()) {
            for (int y = 0; y < desk.rows(); y++) {
                for (int x = 0; x < desk.cols(); x++) {
                    int grain = (int) (4 * random.nextGaussian());
                    for (int channel = 0; channel < 3; channel++) {
                        pixels.put(y, x, channel, pixels.get(y, x, channel) + grain);
                    }
                }
            }
        }
        Mat from = points(
                new float[][] {{0, 0}, {photo.width(), 0}, {photo.width(), photo.height()}, {0, photo.height()}});
        warpPerspective(
                photo.mat(),
                desk,
                getPerspectiveTransform(from, points(SPOT)),
                new Size(1600, 1200),
                INTER_LINEAR,
                BORDER_TRANSPARENT,
                Scalar.all(0));
        return Picture.of(desk);
    }

    private static Mat points(float[][] values) {
        Mat points = new Mat(4, 1, CV_32FC2);
        try (FloatIndexer indexer = points.createIndexer()) {
            for (int i = 0; i < 4; i++) {
                indexer.put(i, 0, values[i][0], values[i][1]);
            }
        }
        return points;
    }

    private static Point point(double x, double y) {
        return Point.newBuilder().setX(x).setY(y).build();
    }

    private static Corners spot() {
        return Corners.newBuilder()
                .setTopLeft(point(SPOT[0][0] / 1600, SPOT[0][1] / 1200))
                .setTopRight(point(SPOT[1][0] / 1600, SPOT[1][1] / 1200))
                .setBottomRight(point(SPOT[2][0] / 1600, SPOT[2][1] / 1200))
                .setBottomLeft(point(SPOT[3][0] / 1600, SPOT[3][1] / 1200))
                .build();
    }

    private static double difference(Picture cut, Picture photo) {
        Mat fitted = new Mat();
        resize(cut.mat(), fitted, new Size(photo.width(), photo.height()), 0, 0, INTER_AREA);
        return norm(fitted, photo.mat(), NORM_L1, new Mat()) / (3.0 * fitted.total());
    }

    @Test
    void the_four_corners_a_user_sets_make_the_photo_a_rectangle_again() {
        try (Picture photo = TestPhotos.picture("grace_hopper");
                Picture desk = onDesk(photo)) {
            var cut = Perspective.at(spot(), desk).orElseThrow();
            try (Picture picture = cut.picture()) {
                assertThat(difference(picture, photo)).isLessThan(6);
            }
        }
    }

    @Test
    void a_photo_on_a_desk_is_found() {
        try (Picture photo = TestPhotos.picture("grace_hopper");
                Picture desk = onDesk(photo)) {
            var cut = Perspective.found(desk, new Stop()).orElseThrow();
            try (Picture picture = cut.picture()) {
                assertThat(cut.corners().getTopLeft().getX()).isCloseTo(SPOT[0][0] / 1600, within(0.004));
                assertThat(cut.corners().getBottomRight().getY()).isCloseTo(SPOT[2][1] / 1200, within(0.004));
                assertThat(difference(picture, photo)).isLessThan(9);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "camera", "chelsea", "coffee", "grace_hopper", "rocket"})
    void a_photo_that_fills_the_picture_is_never_cut(String name) {
        try (Picture photo = TestPhotos.picture(name)) {
            assertThat(Perspective.found(photo, new Stop())).isEmpty();
        }
    }

    @Test
    void the_corners_of_the_whole_picture_change_nothing() {
        Corners whole = Corners.newBuilder()
                .setTopLeft(point(0, 0))
                .setTopRight(point(1, 0))
                .setBottomRight(point(1, 1))
                .setBottomLeft(point(0, 1))
                .build();
        try (Picture photo = TestPhotos.picture("coffee")) {
            assertThat(Perspective.at(whole, photo)).isEmpty();
        }
    }

    @Test
    void corners_that_cross_are_refused() {
        Corners crossed = spot().toBuilder()
                .setTopLeft(spot().getTopRight())
                .setTopRight(spot().getTopLeft())
                .build();
        try (Picture photo = TestPhotos.picture("coffee")) {
            Failure failure = catchThrowableOfType(Failure.class, () -> Perspective.at(crossed, photo));
            assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
            assertThat(failure.message()).contains("convex");
        }
    }
}
