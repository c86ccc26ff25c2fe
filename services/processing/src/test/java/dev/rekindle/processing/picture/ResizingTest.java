package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.jobs.v1.ResizeMode;
import dev.rekindle.processing.TestPhotos;
import java.awt.Image;
import java.awt.image.BufferedImage;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("IMG-02")
class ResizingTest {
    private static Resizing of(String mode, int width, int height, boolean upscale, PictureSize from) {
        return Resizing.of(
                ImageOutputSpec.newBuilder()
                        .setWidth(width)
                        .setHeight(height)
                        .setResizeMode(ResizeMode.valueOf("RESIZE_MODE_" + mode))
                        .setUpscale(upscale)
                        .build(),
                from);
    }

    /** Mode, box, whether it may enlarge; and what of a picture of 800 × 600 is used and how large it becomes. */
    @ParameterizedTest
    @CsvSource({
        "FIT, 400, 400, false, 800, 600, 400, 300",
        "FIT, 1600, 1600, false, 800, 600, 800, 600",
        "FIT, 1600, 1600, true, 800, 600, 1600, 1200",
        "FIT, 0, 300, false, 800, 600, 400, 300",
        "FIT, 200, 0, false, 800, 600, 200, 150",
        "FILL, 400, 400, false, 800, 600, 533, 400",
        "FILL, 1000, 300, false, 800, 600, 800, 600",
        "CROP, 300, 300, false, 600, 600, 300, 300",
        "CROP, 400, 100, false, 800, 200, 400, 100",
        "CROP, 1000, 1000, false, 600, 600, 600, 600",
        "CROP, 1000, 1000, true, 600, 600, 1000, 1000",
        "STRETCH, 100, 500, false, 800, 600, 100, 500",
        "STRETCH, 1000, 500, false, 800, 600, 800, 500",
        "FIT, 0, 0, false, 800, 600, 800, 600"
    })
    void sizes_follow_the_mode_and_nothing_is_enlarged_unasked(
            String mode,
            int width,
            int height,
            boolean upscale,
            int cutWidth,
            int cutHeight,
            int toWidth,
            int toHeight) {
        Resizing resizing = of(mode, width, height, upscale, new PictureSize(800, 600));
        assertThat(resizing).isEqualTo(new Resizing(cutWidth, cutHeight, new PictureSize(toWidth, toHeight)));
    }

    @Test
    void a_picture_is_decoded_no_larger_than_the_output_needs() {
        PictureSize full = new PictureSize(4000, 3000);
        assertThat(of("FIT", 400, 400, false, full).longerSideNeeded(full)).isEqualTo(400);
        assertThat(of("CROP", 300, 300, false, full).longerSideNeeded(full)).isEqualTo(400);
        assertThat(of("STRETCH", 100, 1500, false, full).longerSideNeeded(full)).isEqualTo(2000);
    }

    /** The JDK's averaging of areas shares no code with OpenCV's. */
    @ParameterizedTest
    @EnumSource(
            value = Interpolation.class,
            names = {"UNRECOGNIZED", "INTERPOLATION_NEAREST"},
            mode = EnumSource.Mode.EXCLUDE)
    void a_reduction_agrees_with_that_of_the_jdk(Interpolation interpolation) {
        try (Picture photo = TestPhotos.picture("coffee")) {
            Resizing resizing = of("FIT", 200, 200, false, PictureSize.of(photo));
            BufferedImage image = Buffered.of(photo);
            PictureSize size = resizing.size();
            BufferedImage expected = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_3BYTE_BGR);
            expected.createGraphics()
                    .drawImage(
                            image.getScaledInstance(size.width(), size.height(), Image.SCALE_AREA_AVERAGING),
                            0,
                            0,
                            null);
            try (Picture ours = photo.resized(resizing, 0, 0, interpolation);
                    Picture theirs = Buffered.toPicture(expected)) {
                double distance = org.bytedeco.opencv.global.opencv_core.norm(
                        ours.mat(), theirs.mat(), org.bytedeco.opencv.global.opencv_core.NORM_L2, new Mat());
                double meanSquare = distance * distance / (3.0 * ours.pixels());
                assertThat(10 * Math.log10(255 * 255 / meanSquare))
                        .as("PSNR in dB")
                        .isGreaterThan(30);
            }
        }
    }
}
