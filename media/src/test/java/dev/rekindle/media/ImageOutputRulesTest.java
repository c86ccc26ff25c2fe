package dev.rekindle.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.ResizeMode;
import dev.rekindle.platform.rpc.Failure;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What outputs may become, told before anything is decoded. */
@Tag("IMG-01")
class ImageOutputRulesTest {
    private static ImageOutputSpec.Builder output(MediaType format, int width, int height) {
        return ImageOutputSpec.newBuilder()
                .setName("mine")
                .setFormat(format)
                .setWidth(width)
                .setHeight(height);
    }

    private static ImageSpec spec(ImageOutputSpec.Builder output) {
        return ImageSpec.newBuilder().addOutputs(output).build();
    }

    private static MediaMetadata photo(int width, int height) {
        return MediaMetadata.newBuilder()
                .setType(MediaType.MEDIA_TYPE_JPEG)
                .setWidth(width)
                .setHeight(height)
                .build();
    }

    private static void of(ImageOutputSpec.Builder output, MediaMetadata photo) {
        ImageOutputRules.requireWithin(
                ImageOutputRules.of(spec(output)), photo, (long) photo.getWidth() * photo.getHeight());
    }

    private static void refused(String field, String why, ThrowingCallable what) {
        Failure failure = catchThrowableOfType(Failure.class, what);
        assertThat(failure).as(why).isNotNull();
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(failure.violations()).singleElement().satisfies(violation -> {
            assertThat(violation.field()).isEqualTo("spec.image.outputs[0]." + field);
            assertThat(violation.description()).contains(why);
        });
    }

    @Test
    void a_photo_that_is_too_large_for_a_format_is_refused_by_its_size() {
        ImageOutputSpec.Builder avif = output(MediaType.MEDIA_TYPE_AVIF, 0, 0);
        refused(
                "format",
                "is AVIF, and the output would be 8000 × 6000 pixels; expected at most 40 megapixels as AVIF",
                () -> of(avif, photo(8_000, 6_000)));
        refused(
                "format",
                "is WEBP, and the output would be 20000 × 10 pixels; WEBP has at most 16383 a side",
                () -> of(output(MediaType.MEDIA_TYPE_WEBP, 0, 0), photo(20_000, 10)));
        refused(
                "colours_max",
                "asks for a palette, and the output would be 8000 × 6000 pixels; expected at most 25 megapixels",
                () -> of(output(MediaType.MEDIA_TYPE_PNG, 0, 0).setColoursMax(8), photo(8_000, 6_000)));
        assertThatCode(() -> of(avif.clone().setWidth(2_000), photo(8_000, 6_000)))
                .doesNotThrowAnyException();
        assertThatCode(() -> of(avif, photo(8_000, 5_000))).doesNotThrowAnyException();
    }

    @Test
    void what_is_too_large_of_any_photo_is_refused_without_one() {
        ImageOutputSpec.Builder wide =
                output(MediaType.MEDIA_TYPE_WEBP, 16_384, 16).setUpscale(true);
        refused(
                "format",
                "would be at least 16384 × 16 pixels; WEBP has at most 16383 a side",
                () -> ImageOutputRules.of(spec(wide.clone().setResizeMode(ResizeMode.RESIZE_MODE_STRETCH))));
        refused(
                "format",
                "would be at least 8000 × 6000 pixels; expected at most 40 megapixels",
                () -> ImageOutputRules.of(spec(output(MediaType.MEDIA_TYPE_AVIF, 8_000, 6_000)
                        .setUpscale(true)
                        .setResizeMode(ResizeMode.RESIZE_MODE_FILL))));
        // Inside this box a tall photo becomes 16 high, and nothing is enlarged unasked.
        assertThatCode(() -> ImageOutputRules.of(spec(wide))).doesNotThrowAnyException();
        assertThatCode(() -> ImageOutputRules.of(
                        spec(wide.clone().setUpscale(false).setResizeMode(ResizeMode.RESIZE_MODE_STRETCH))))
                .doesNotThrowAnyException();
    }

    @Test
    void the_least_that_an_output_can_be_is_never_more_than_what_it_becomes() {
        long seed = 20_261_128;
        Random random = new Random(seed);
        ResizeMode[] modes = ResizeMode.values();
        for (int i = 0; i < 20_000; i++) {
            ImageOutputSpec output = output(
                            MediaType.MEDIA_TYPE_WEBP,
                            random.nextInt(4) * random.nextInt(6_000),
                            random.nextInt(4) * random.nextInt(6_000))
                    .setUpscale(random.nextBoolean())
                    .setResizeMode(modes[random.nextInt(modes.length - 1)])
                    .build();
            OutputSize is = OutputSize.of(output, random.nextInt(1, 5_000), random.nextInt(1, 5_000));
            OutputSize least = OutputSize.leastOf(output);
            assertThat(least.pixels()).as("seed %d: %s", seed, output).isLessThanOrEqualTo(is.pixels());
            assertThat(Math.max(least.width(), least.height())).isLessThanOrEqualTo(Math.max(is.width(), is.height()));
        }
    }

    @Test
    @Tag("IMG-11")
    void an_animation_is_refused_by_its_frames_that_were_counted() {
        MediaMetadata moving = photo(1_000, 1_000).toBuilder()
                .setType(MediaType.MEDIA_TYPE_GIF)
                .setImage(ImageMetadata.newBuilder().setFrameCount(300))
                .build();
        ImageOutputSpec.Builder all = output(MediaType.MEDIA_TYPE_WEBP, 0, 0).setAllFrames(true);
        refused(
                "all_frames",
                "is true for 300 frames of 1000 × 1000 pixels, of which 1000 × 1000 are made: 600 megapixels read and"
                        + " written; expected at most 500",
                () -> of(all, moving));
        refused(
                "size_bytes_max",
                "several tries at an animation of 108 megapixels",
                () -> of(all.clone().setWidth(600).setSizeBytesMax(5_000), moving));
        assertThatCode(() -> of(all.clone().setAllFrames(false), moving)).doesNotThrowAnyException();
    }

    @Test
    @Tag("IMG-07")
    void a_png_of_fewer_bytes_than_its_coding_can_have_is_refused() {
        ImageOutputSpec.Builder png = output(MediaType.MEDIA_TYPE_PNG, 0, 0);
        refused(
                "size_bytes_max",
                "is 30000, and the output would be 4000 × 3000 pixels, which no PNG holds in fewer than 34886 bytes",
                () -> of(png.clone().setSizeBytesMax(30_000), photo(4_000, 3_000)));
        assertThatCode(() -> of(png.clone().setSizeBytesMax(34_886), photo(4_000, 3_000)))
                .doesNotThrowAnyException();
        assertThatCode(() -> of(png.clone().setSizeBytesMax(30_000).setColoursMax(2), photo(4_000, 3_000)))
                .doesNotThrowAnyException();
    }
}
