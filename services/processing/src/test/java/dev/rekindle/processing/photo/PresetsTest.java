package dev.rekindle.processing.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.QualityLevel;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.media.ImagePresets;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.RequestValidator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PresetsTest {
    private static ImageOutputSpec.Builder asking(String preset) {
        return ImageOutputSpec.newBuilder().setName("mine").setPreset(preset);
    }

    @Test
    @Tag("JOB-15")
    void the_contract_knows_exactly_the_presets_there_are() {
        RequestValidator rules = new RequestValidator();
        for (ImageOutputSpec preset : ImagePresets.IMAGES) {
            assertThatNoException().isThrownBy(() -> rules.check(preset));
            assertThatNoException()
                    .isThrownBy(() -> rules.check(asking(preset.getPreset()).build()));
        }
        assertThat(ImagePresets.IMAGES)
                .extracting(ImageOutputSpec::getPreset)
                .containsExactly("thumbnail", "web_optimized", "archive_quality");
        Failure unknown = catchThrowableOfType(
                Failure.class, () -> rules.check(asking("poster").build()));
        assertThat(unknown.violations())
                .singleElement()
                .satisfies(violation -> assertThat(violation.description())
                        .isEqualTo("is \"poster\"; expected thumbnail, web_optimized or archive_quality"));
    }

    @Test
    @Tag("JOB-15")
    void no_preset_need_be_named() {
        RequestValidator rules = new RequestValidator();
        assertThatNoException().isThrownBy(() -> rules.check(asking("").build()));
        assertThatNoException()
                .isThrownBy(() -> rules.check(VideoOutputSpec.newBuilder()
                        .setName("mine")
                        .setTranscode(TranscodeSpec.getDefaultInstance())
                        .build()));
    }

    @Test
    @Tag("JOB-15")
    void what_a_request_sets_replaces_what_the_preset_says_and_the_rest_stays() {
        ImageOutputSpec output = ImagePresets.completed(
                asking("web_optimized").setHeight(700).setQuality(55).build(), "outputs[0]");
        assertThat(output.getName()).isEqualTo("mine");
        assertThat(output.getWidth()).isZero();
        assertThat(output.getHeight()).isEqualTo(700);
        assertThat(output.getQuality()).isEqualTo(55);
        assertThat(output.getFormat()).isEqualTo(MediaType.MEDIA_TYPE_WEBP);
        assertThat(output.getProgressive()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = MediaType.class,
            names = {"MEDIA_TYPE_JPEG", "MEDIA_TYPE_AVIF"})
    @Tag("JOB-15")
    void an_archive_in_a_format_that_loses_is_of_the_highest_quality(MediaType format) {
        ImageOutputSpec output = ImagePresets.completed(
                asking("archive_quality").setFormat(format).build(), "outputs[0]");
        assertThat(output.getQualityLevel()).isEqualTo(QualityLevel.QUALITY_LEVEL_MAXIMUM);
        assertThat(output.getLossless()).isFalse();
    }
}
