package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_OPTIMIZE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_PNG_COMPRESSION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_WEBP_QUALITY;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.jobs.v1.QualityLevel;
import dev.rekindle.media.WrittenFormat;

/** The formats that pictures are written in, and what a level of quality means in each. */
public enum OutputFormat {
    JPEG("jpg", "image/jpeg", MediaType.MEDIA_TYPE_JPEG),
    PNG("png", "image/png", MediaType.MEDIA_TYPE_PNG),
    WEBP("webp", "image/webp", MediaType.MEDIA_TYPE_WEBP),
    AVIF("avif", "image/avif", MediaType.MEDIA_TYPE_AVIF);

    /** OpenCV's WebP is lossless above 100. */
    private static final int WEBP_LOSSLESS = 101;

    private static final int FULL_CHROMA_FROM_QUALITY = 90;
    private static final int AVIF_FULL_CHROMA_FROM_QUALITY = 45;
    private static final int PNG_EFFORT = 6;

    private final String extension;
    private final String contentType;
    private final MediaType type;

    OutputFormat(String extension, String contentType, MediaType type) {
        this.extension = extension;
        this.contentType = contentType;
        this.type = type;
    }

    /** The format that an output is to be written in. */
    public static OutputFormat of(WrittenFormat format) {
        return switch (format) {
            case JPEG -> JPEG;
            case PNG -> PNG;
            case WEBP -> WEBP;
            case AVIF -> AVIF;
        };
    }

    public String extension() {
        return extension;
    }

    public String contentType() {
        return contentType;
    }

    public MediaType type() {
        return type;
    }

    /** True if files lose nothing whatever their quality. */
    public boolean isAlwaysLossless() {
        return this == PNG;
    }

    /** The format's own quality, 1 to 100, for a level; high where none is said. */
    public int quality(QualityLevel level) {
        return switch (this) {
            case JPEG -> at(level, 55, 75, 85, 95);
            case WEBP -> at(level, 50, 70, 82, 93);
            case AVIF -> at(level, 43, 50, 60, 82);
            case PNG -> 100;
        };
    }

    private static int at(QualityLevel level, int low, int medium, int high, int maximum) {
        return switch (level) {
            case QUALITY_LEVEL_LOW -> low;
            case QUALITY_LEVEL_MEDIUM -> medium;
            case QUALITY_LEVEL_HIGH, QUALITY_LEVEL_UNSPECIFIED, UNRECOGNIZED -> high;
            case QUALITY_LEVEL_MAXIMUM -> maximum;
        };
    }

    /** Native memory that making and coding a picture takes, for each pixel of it. */
    public long bytesPerPixel() {
        return switch (this) {
            case JPEG, PNG -> 12;
            case WEBP -> 40;
            case AVIF -> PictureEncoder.AVIF_BYTES_PER_PIXEL;
        };
    }

    /** True if colour is written at full resolution: from such a quality on it shows, and in AVIF it costs little. */
    boolean fullChroma(int quality) {
        return switch (this) {
            case JPEG -> quality >= FULL_CHROMA_FROM_QUALITY;
            case AVIF -> quality >= AVIF_FULL_CHROMA_FROM_QUALITY;
            case PNG -> true;
            case WEBP -> false;
        };
    }

    /** OpenCV's options for a quality, or for losing nothing. */
    int[] options(int quality, boolean lossless, boolean progressive) {
        return switch (this) {
            case JPEG ->
                new int[] {
                    IMWRITE_JPEG_QUALITY,
                    quality,
                    IMWRITE_JPEG_SAMPLING_FACTOR,
                    fullChroma(quality) ? IMWRITE_JPEG_SAMPLING_FACTOR_444 : IMWRITE_JPEG_SAMPLING_FACTOR_420,
                    IMWRITE_JPEG_PROGRESSIVE,
                    progressive ? 1 : 0,
                    IMWRITE_JPEG_OPTIMIZE,
                    1
                };
            case PNG -> new int[] {IMWRITE_PNG_COMPRESSION, PNG_EFFORT};
            case WEBP -> new int[] {IMWRITE_WEBP_QUALITY, lossless ? WEBP_LOSSLESS : quality};
            case AVIF -> throw new IllegalStateException("OpenCV does not write AVIF here.");
        };
    }
}
