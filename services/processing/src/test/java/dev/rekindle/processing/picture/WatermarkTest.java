package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.minMaxLoc;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-05")
class WatermarkTest {
    private static double contrast(Mat mat) {
        Mat grey = new Mat();
        cvtColor(mat, grey, COLOR_BGR2GRAY);
        try (DoublePointer least = new DoublePointer(1);
                DoublePointer most = new DoublePointer(1)) {
            minMaxLoc(grey, least, most, null, null, new Mat());
            return most.get() - least.get();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 90, 160, 255})
    void it_reads_on_every_ground_and_stays_in_its_corner(int ground) {
        try (Picture picture = Picture.of(new Mat(480, 640, CV_8UC3, Scalar.all(ground)))) {
            Watermark.apply(picture);
            assertThat(contrast(picture.mat())).isGreaterThan(60);
            assertThat(contrast(picture.mat().rowRange(0, 420))).isZero();
            assertThat(contrast(picture.mat().colRange(0, 450))).isZero();
        }
    }

    @Test
    void a_picture_too_small_for_it_stays_as_it_is() {
        try (Picture picture = Picture.of(new Mat(20, 40, CV_8UC3, Scalar.all(90)))) {
            Watermark.apply(picture);
            assertThat(contrast(picture.mat())).isZero();
        }
    }
}
