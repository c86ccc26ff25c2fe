package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.mean;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.Likeness;
import dev.rekindle.processing.pipeline.Stop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("IMG-07")
class PaletteTest {
    @TempDir
    private Path folder;

    private byte[] png(Picture picture, int colours) throws IOException {
        Path file = folder.resolve("palette.png");
        PictureEncoder.writePalette(picture, colours, file, new Stop());
        return Files.readAllBytes(file);
    }

    private static long colours(byte[] png) throws IOException {
        var image = ImageIO.read(new ByteArrayInputStream(png));
        return IntStream.range(0, image.getHeight())
                .flatMap(y -> IntStream.range(0, image.getWidth()).map(x -> image.getRGB(x, y)))
                .distinct()
                .count();
    }

    /** Colours, and the least likeness: of the pictures looked at from afar, because dithering adds noise on purpose. */
    @ParameterizedTest
    @CsvSource({"256, 37", "64, 34", "16, 28", "2, 14"})
    void a_photo_keeps_its_look_with_few_colours(int coloursMax, double decibelsMin) throws IOException {
        try (Picture photo = TestPhotos.picture("coffee")) {
            byte[] png = png(photo, coloursMax);
            assertThat(TestPhotos.header(png).metadata().getImage().getColourMode())
                    .isEqualTo("palette");
            assertThat(colours(png)).isBetween(2L, (long) coloursMax);
            try (Picture read = TestPhotos.decode(png);
                    Picture afar = read.fittingIn(PictureSize.square(150));
                    Picture expected = photo.fittingIn(PictureSize.square(150))) {
                assertThat(Likeness.psnr(expected.mat(), afar.mat())).isGreaterThan(decibelsMin);
                Scalar before = mean(photo.mat());
                Scalar after = mean(read.mat());
                for (int channel = 0; channel < 3; channel++) {
                    assertThat(after.get(channel)).isBetween(before.get(channel) - 4, before.get(channel) + 4);
                }
            }
        }
    }

    @Test
    void a_picture_of_few_colours_keeps_them_exactly() throws IOException {
        try (Picture flat = Picture.of(new Mat(30, 40, CV_8UC3, new Scalar(10, 20, 30, 0)));
                Mat part = flat.mat().colRange(5, 9)) {
            part.put(new Scalar(11, 20, 30, 0));
            byte[] png = png(flat, 256);
            assertThat(colours(png)).isEqualTo(2);
            try (Picture read = TestPhotos.decode(png)) {
                assertThat(Likeness.psnr(flat.mat(), read.mat())).isEqualTo(99);
            }
        }
    }
}
