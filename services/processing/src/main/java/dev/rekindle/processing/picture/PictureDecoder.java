package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_2;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_4;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_COLOR_8;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imread;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.MediaEnd;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.Opacity;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Turns a file into a picture. The header was read and held against the limits before; this trusts it for type, size and
 * turning, and checks that what is decoded agrees.
 */
public final class PictureDecoder {
    /** JPEG can be decoded to 1/2, 1/4, 1/8; keeping twice the pixels wanted leaves the final reduction its quality. */
    private static final int HEADROOM = 2;

    private static final int COLOUR = IMREAD_COLOR | IMREAD_IGNORE_ORIENTATION;

    private static final int FLOAT_BITS = 32;

    private static final int WHITE = 0xffffff;

    private PictureDecoder() {}

    /**
     * Decodes, turns upright, converts to sRGB and lays transparent pictures on white. Of animations the first frame.
     *
     * @see #decode(Path, MediaHeader, int, int, Stop)
     */
    public static Picture decode(Path file, MediaHeader header, int longerSideWanted, Stop stop) {
        return decode(file, header, longerSideWanted, WHITE, stop);
    }

    /**
     * Decodes, turns upright, converts to sRGB and lays transparent pictures on a colour. Of animations the first frame.
     *
     * @param longerSideWanted the picture may come out reduced, but its longer side is no shorter than twice this; 0 for
     *     full size
     * @param backgroundRgb what shows through transparent pictures, 0xRRGGBB
     * @throws Failure CORRUPT_MEDIA if the data is broken, UNSUPPORTED_MEDIA if it is of a kind that cannot be decoded
     */
    public static Picture decode(Path file, MediaHeader header, int longerSideWanted, int backgroundRgb, Stop stop) {
        stop.check();
        Backing backing = Backing.of(header, backgroundRgb, stop);
        Mat stored = stored(file, header, reduction(header, longerSideWanted), backing);
        return Picture.of(Turning.upright(stored, header.orientation()));
    }

    /** 1, 2, 4 or 8: by how much a decode for that size may reduce. */
    static int reduction(MediaHeader header, int longerSideWanted) {
        int longer = Math.max(header.storedWidth(), header.storedHeight());
        if (longerSideWanted <= 0
                || header.metadata().getType() != MediaType.MEDIA_TYPE_JPEG
                || JdkPictures.isCmyk(header)) {
            return 1;
        }
        int reduction = 8;
        while (reduction > 1 && longer / reduction < HEADROOM * longerSideWanted) {
            reduction /= 2;
        }
        return reduction;
    }

    private static Mat stored(Path file, MediaHeader header, int reduction, Backing backing) {
        requireEnd(file, header);
        Mat mat = JdkPictures.reads(header)
                ? byJdk(file, header, reduction, backing)
                : decoded(file, header, reduction, backing);
        int width = (header.storedWidth() + reduction - 1) / reduction;
        int height = (header.storedHeight() + reduction - 1) / reduction;
        if (mat.cols() != width || mat.rows() != height) {
            PictureSize found = new PictureSize(mat.cols(), mat.rows());
            mat.close();
            throw corrupt("The picture is " + header.storedWidth() + " × " + header.storedHeight()
                    + " pixels by its header, and " + found + " were decoded where " + width + " × " + height
                    + " were expected.");
        }
        return mat;
    }

    private static Mat byJdk(Path file, MediaHeader header, int reduction, Backing backing) {
        Mat mat;
        try {
            mat = JdkPictures.read(file, header, backing.stop());
        } catch (Failure failure) {
            if (header.metadata().getType() == MediaType.MEDIA_TYPE_BMP) {
                throw failure;
            }
            // Of TIFFs each of the two knows some that the other does not, and profiles of inks may be broken.
            return decoded(file, header, reduction, backing);
        }
        return Transparency.on(mat, backing);
    }

    private static Mat decoded(Path file, MediaHeader header, int reduction, Backing backing) {
        return switch (header.metadata().getType()) {
            case MEDIA_TYPE_HEIC, MEDIA_TYPE_AVIF -> HeifDecoder.decode(file, header, backing);
            case MEDIA_TYPE_JPEG -> openCv(() -> imread(file.toString(), jpegFlags(reduction)), backing);
            case MEDIA_TYPE_PNG ->
                openCv(() -> PngGrey.withOpacity(imread(file.toString(), flags(header)), file, header), backing);
            case MEDIA_TYPE_WEBP, MEDIA_TYPE_BMP -> openCv(() -> imread(file.toString(), flags(header)), backing);
            case MEDIA_TYPE_GIF -> openCv(() -> gif(file, header), backing);
            case MEDIA_TYPE_TIFF -> tiff(file, header, backing);
            case MEDIA_TYPE_MP4,
                    MEDIA_TYPE_MOV,
                    MEDIA_TYPE_AVI,
                    MEDIA_TYPE_WEBM,
                    MEDIA_TYPE_MKV,
                    MEDIA_TYPE_UNSPECIFIED,
                    UNRECOGNIZED ->
                throw Failure.of(Reason.REASON_UNSUPPORTED_MEDIA, "The file is no picture; expected a photo.");
        };
    }

    private static int flags(MediaHeader header) {
        return header.metadata().getImage().getTransparency() ? IMREAD_UNCHANGED : COLOUR;
    }

    private static void requireEnd(Path file, MediaHeader header) {
        try (InputStream in = Files.newInputStream(file)) {
            MediaEnd.require(header.metadata().getType(), in);
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }

    private static int jpegFlags(int reduction) {
        return switch (reduction) {
            case 2 -> IMREAD_REDUCED_COLOR_2 | IMREAD_IGNORE_ORIENTATION;
            case 4 -> IMREAD_REDUCED_COLOR_4 | IMREAD_IGNORE_ORIENTATION;
            case 8 -> IMREAD_REDUCED_COLOR_8 | IMREAD_IGNORE_ORIENTATION;
            default -> COLOUR;
        };
    }

    private static Mat tiff(Path file, MediaHeader header, Backing backing) {
        // Only as it is are floats read at all.
        int flags = header.metadata().getImage().getBitDepth() == FLOAT_BITS ? IMREAD_UNCHANGED : flags(header);
        Mat mat = whole(() -> {
            try {
                byte[] bytes = Files.readAllBytes(file);
                TiffBytes.strikeOrientation(bytes);
                return decoded(bytes, flags);
            } catch (IOException e) {
                throw Failure.internal("Cannot read " + file, e);
            }
        });
        // Of eight bits the library multiplies colours by how opaque they are, if the file did not.
        Opacity opacity = header.opacity();
        boolean premultiplied = opacity != null && (opacity.premultiplied() || mat.depth() == CV_8U);
        return Transparency.on(inEightBits(mat), backing, premultiplied);
    }

    private static Mat gif(Path file, MediaHeader header) {
        return GifScreen.mended(file, header.storedWidth(), header.storedHeight())
                .map(bytes -> decoded(bytes, flags(header)))
                .orElseGet(() -> imread(file.toString(), flags(header)));
    }

    private static Mat decoded(byte[] bytes, int flags) {
        try (Mat encoded = new Mat(1, bytes.length, CV_8U)) {
            encoded.data().put(bytes);
            return imdecode(encoded, flags);
        }
    }

    private static Mat openCv(Supplier<Mat> decoding, Backing backing) {
        return Transparency.on(inEightBits(whole(decoding)), backing);
    }

    private static Mat whole(Supplier<Mat> decoding) {
        Natives.load();
        Mat mat;
        try {
            mat = decoding.get();
        } catch (Failure failure) {
            throw failure;
        } catch (RuntimeException e) {
            throw corrupt("The picture's data is damaged and cannot be decoded.")
                    .withDetail(String.valueOf(e.getMessage()), e);
        }
        if (mat.empty()) {
            mat.close();
            throw corrupt("The picture's data is truncated or damaged and cannot be decoded.");
        }
        return mat;
    }

    private static Mat inEightBits(Mat mat) {
        double scale = switch (mat.depth()) {
            case CV_8U -> 1;
            case CV_16U -> 255.0 / 65_535;
            case CV_32F -> 255.0;
            default -> {
                int depth = mat.depth();
                mat.close();
                throw Failure.of(
                        Reason.REASON_UNSUPPORTED_MEDIA,
                        "The picture's pixels are of kind " + depth + "; expected 8 or 16 bits or floats.");
            }
        };
        if (mat.depth() != CV_8U) {
            mat.convertTo(mat, CV_8U, scale, 0);
        }
        return mat;
    }

    static Failure corrupt(String message) {
        return Failure.of(Reason.REASON_CORRUPT_MEDIA, message);
    }
}
