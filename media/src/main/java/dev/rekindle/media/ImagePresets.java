package dev.rekindle.media;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.MetadataMode;
import dev.rekindle.jobs.v1.QualityLevel;
import dev.rekindle.jobs.v1.ResizeMode;
import java.util.List;

/** Output specifications by name. Fields that a request sets itself go before those of its preset. */
public final class ImagePresets {
    public static final List<ImageOutputSpec> IMAGES = List.of(
            image("thumbnail", MediaType.MEDIA_TYPE_JPEG, 300, QualityLevel.QUALITY_LEVEL_MEDIUM),
            image("web_optimized", MediaType.MEDIA_TYPE_WEBP, 1920, QualityLevel.QUALITY_LEVEL_HIGH).toBuilder()
                    .setProgressive(true)
                    .build(),
            ImageOutputSpec.newBuilder()
                    .setName("archive_quality")
                    .setPreset("archive_quality")
                    .setFormat(MediaType.MEDIA_TYPE_PNG)
                    .setLossless(true)
                    .setMetadataMode(MetadataMode.METADATA_MODE_STRIP_ALL)
                    .build());

    private ImagePresets() {}

    /**
     * An output with what its preset adds. A side that the request sets replaces the whole box of the preset, and a preset
     * without loss is the highest quality in a format that always loses.
     *
     * @param field where the output stands in the request
     * @throws dev.rekindle.platform.rpc.Failure INVALID_REQUEST for a preset that is none
     */
    public static ImageOutputSpec completed(ImageOutputSpec output, String field) {
        if (output.getPreset().isEmpty()) {
            return output;
        }
        ImageOutputSpec.Builder preset =
                Presets.named(output.getPreset(), IMAGES, ImageOutputSpec::getPreset, field).toBuilder();
        if (output.getWidth() > 0 || output.getHeight() > 0) {
            preset.clearWidth().clearHeight();
        }
        boolean loses =
                output.getFormat() == MediaType.MEDIA_TYPE_JPEG || output.getFormat() == MediaType.MEDIA_TYPE_AVIF;
        if (loses && preset.getLossless()) {
            preset.setQualityLevel(QualityLevel.QUALITY_LEVEL_MAXIMUM);
        }
        return preset.mergeFrom(output).build();
    }

    private static ImageOutputSpec image(String name, MediaType format, int side, QualityLevel quality) {
        return ImageOutputSpec.newBuilder()
                .setName(name)
                .setPreset(name)
                .setFormat(format)
                .setWidth(side)
                .setHeight(side)
                .setResizeMode(ResizeMode.RESIZE_MODE_FIT)
                .setQualityLevel(quality)
                .setMetadataMode(MetadataMode.METADATA_MODE_STRIP_ALL)
                .build();
    }
}
