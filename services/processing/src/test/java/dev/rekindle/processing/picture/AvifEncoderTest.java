package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.jobs.v1.QualityLevel;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.Likeness;
import dev.rekindle.processing.pipeline.Stop;
import java.util.OptionalInt;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("IMG-01")
class AvifEncoderTest {
    @ParameterizedTest
    @CsvSource({"QUALITY_LEVEL_LOW, 30.9", "QUALITY_LEVEL_HIGH, 35", "QUALITY_LEVEL_MAXIMUM, 37.6"})
    void an_AVIF_looks_like_its_picture(QualityLevel level, double decibelsMin) {
        try (Picture photo = TestPhotos.picture("coffee")) {
            int quality = OutputFormat.AVIF.quality(level);
            byte[] file = AvifEncoder.encode(photo, quality, OutputFormat.AVIF.fullChroma(quality));
            MediaHeader header = TestPhotos.header(file);
            assertThat(header.metadata().getType()).isEqualTo(MediaType.MEDIA_TYPE_AVIF);
            try (Picture read = TestPhotos.decode(file)) {
                assertThat(PictureSize.of(read)).isEqualTo(PictureSize.of(photo));
                assertThat(Likeness.psnr(photo.mat(), read.mat())).isGreaterThan(decibelsMin);
            }
        }
    }

    @Test
    void better_quality_takes_more_bytes_and_fewer_than_a_JPEG_as_good() {
        try (Picture photo = TestPhotos.picture("coffee")) {
            int low = AvifEncoder.encode(photo, 40, false).length;
            int high = AvifEncoder.encode(photo, 64, false).length;
            assertThat(high).isGreaterThan(low + low / 4);
            assertThat(high).isLessThan(TestPhotos.bytes("coffee").length / 2);
        }
    }

    @Test
    void full_chroma_keeps_sharp_edges_of_colour() {
        try (Picture photo = TestPhotos.picture("astronaut");
                Picture half = TestPhotos.decode(AvifEncoder.encode(photo, 95, false));
                Picture full = TestPhotos.decode(AvifEncoder.encode(photo, 95, true))) {
            assertThat(Likeness.psnr(photo.mat(), full.mat()))
                    .isGreaterThan(Likeness.psnr(photo.mat(), half.mat()) + 0.5);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 7", "17, 33", "65, 64", "16, 200"})
    void sides_may_be_small_and_odd(int width, int height) {
        try (Picture photo = TestPhotos.picture("rocket");
                Rect piece = new Rect(100, 100, width, height);
                Mat view = new Mat(photo.mat(), piece);
                Picture small = Picture.of(view.clone());
                Picture read = TestPhotos.decode(AvifEncoder.encode(small, 90, true))) {
            assertThat(PictureSize.of(read)).isEqualTo(new PictureSize(width, height));
            assertThat(Likeness.psnr(small.mat(), read.mat())).isGreaterThan(30);
        }
    }

    @Test
    @Tag("IMG-07")
    void a_size_is_met() {
        try (Picture photo = TestPhotos.picture("rocket");
                Picture small = photo.fittingIn(PictureSize.square(300))) {
            OptionalInt quality = PictureEncoder.qualityFor(small, OutputFormat.AVIF, false, 6_000, new Stop());
            assertThat(quality).isPresent();
            boolean full = OutputFormat.AVIF.fullChroma(quality.getAsInt());
            assertThat(AvifEncoder.encode(small, quality.getAsInt(), full).length)
                    .isBetween(4_000, 6_000);
        }
    }
}
