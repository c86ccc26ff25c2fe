package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_OPTIMIZE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imwrite;

import dev.rekindle.platform.rpc.Failure;
import java.nio.file.Path;

/** Writes pictures as JPEG: sRGB, progressive, without any metadata, so that nothing of the camera or the place leaks. */
public final class PictureEncoder {
    /** The media type of what is written. */
    public static final String CONTENT_TYPE = "image/jpeg";

    private static final int FULL_CHROMA_FROM_QUALITY = 90;

    private PictureEncoder() {}

    /** Writes a file of that quality, 1 to 100; from 90 on with colour at full resolution. */
    public static void write(Picture picture, int quality, Path file) {
        int sampling = quality >= FULL_CHROMA_FROM_QUALITY
                ? IMWRITE_JPEG_SAMPLING_FACTOR_444
                : IMWRITE_JPEG_SAMPLING_FACTOR_420;
        int[] options = {
            IMWRITE_JPEG_QUALITY,
            quality,
            IMWRITE_JPEG_SAMPLING_FACTOR,
            sampling,
            IMWRITE_JPEG_PROGRESSIVE,
            1,
            IMWRITE_JPEG_OPTIMIZE,
            1
        };
        if (!imwrite(file.toString(), picture.mat(), options)) {
            throw Failure.internal("Could not write " + file + " of " + PictureSize.of(picture) + " pixels", null);
        }
    }
}
