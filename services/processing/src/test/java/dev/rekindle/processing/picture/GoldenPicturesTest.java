package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.jobs.v1.ResizeMode;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.Likeness;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resizing beside ImageMagick's, which shares no code with ours. */
@Tag("IMG-02")
class GoldenPicturesTest {
    /**
     * The golden picture, how it is made here, and how near it must be: signal to noise in decibels, and likeness of
     * structure. Filters are the same but for rounding and for how weights are quantised.
     */
    @ParameterizedTest
    @CsvSource({
        "fit-lanczos, FIT, 120, 120, UNSPECIFIED, center, 34, 0.985",
        "fit-lanczos, FIT, 120, 120, LANCZOS, center, 34, 0.985",
        "fit-bilinear, FIT, 120, 120, BILINEAR, center, 34, 0.985",
        "fit-bicubic, FIT, 120, 120, BICUBIC, center, 34, 0.985",
        "fill, FILL, 100, 60, UNSPECIFIED, center, 34, 0.985",
        "stretch, STRETCH, 120, 60, UNSPECIFIED, center, 34, 0.985",
        "crop-centre, CROP, 100, 100, UNSPECIFIED, center, 34, 0.985",
        "crop-left, CROP, 100, 100, UNSPECIFIED, left, 34, 0.985"
    })
    void resizing_agrees_with_ImageMagick(
            String golden,
            String mode,
            int width,
            int height,
            String interpolation,
            String from,
            double decibelsMin,
            double structureMin) {
        ImageOutputSpec output = ImageOutputSpec.newBuilder()
                .setWidth(width)
                .setHeight(height)
                .setResizeMode(ResizeMode.valueOf("RESIZE_MODE_" + mode))
                .build();
        try (Picture photo = TestPhotos.picture("coffee");
                Picture expected = TestPhotos.decode(TestPhotos.resource("/golden/" + golden + ".png"))) {
            Resizing resizing = Resizing.of(output, PictureSize.of(photo));
            int left = from.equals("left") ? 0 : (photo.width() - resizing.cutWidth()) / 2;
            Interpolation filter = Interpolation.valueOf("INTERPOLATION_" + interpolation);
            try (Picture ours = photo.resized(resizing, left, (photo.height() - resizing.cutHeight()) / 2, filter)) {
                assertThat(PictureSize.of(ours)).isEqualTo(PictureSize.of(expected));
                assertThat(Likeness.psnr(expected.mat(), ours.mat())).isGreaterThan(decibelsMin);
                assertThat(Likeness.ssim(expected.mat(), ours.mat())).isGreaterThan(structureMin);
            }
        }
    }
}
