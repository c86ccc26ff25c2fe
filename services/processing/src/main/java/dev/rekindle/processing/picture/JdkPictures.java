package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC4;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGRA2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.pipeline.Stop;
import java.awt.color.CMMException;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Pictures that OpenCV cannot read or whose colours it takes wrongly, read by the JDK: CMYK with a profile, BMPs with masks, of
 * 16 bits or compressed, TIFFs of two and four bits. The JDK holds them on its heap; larger ones take OpenCV's simpler way.
 */
final class JdkPictures {
    private static final long HEAP_BYTES_MAX = 120_000_000;
    private static final int INKS = 4;
    private static final int STRIP_ROWS = 128;

    private JdkPictures() {}

    /** True if the JDK is to read the picture. */
    static boolean reads(MediaHeader header) {
        ImageMetadata image = header.metadata().getImage();
        boolean kind = switch (header.metadata().getType()) {
            case MEDIA_TYPE_JPEG -> isCmyk(header) && !header.iccProfile().isEmpty();
            case MEDIA_TYPE_TIFF -> isCmyk(header) ? isCmykOfTiff(header) : isOfFewBits(image);
            case MEDIA_TYPE_BMP -> !image.getCompression().equals("none");
            case MEDIA_TYPE_PNG,
                    MEDIA_TYPE_WEBP,
                    MEDIA_TYPE_GIF,
                    MEDIA_TYPE_HEIC,
                    MEDIA_TYPE_AVIF,
                    MEDIA_TYPE_MP4,
                    MEDIA_TYPE_MOV,
                    MEDIA_TYPE_AVI,
                    MEDIA_TYPE_WEBM,
                    MEDIA_TYPE_MKV,
                    MEDIA_TYPE_UNSPECIFIED,
                    UNRECOGNIZED -> false;
        };
        return kind && header.pixels() * INKS * Math.max(1, image.getBitDepth() / 8) <= HEAP_BYTES_MAX;
    }

    static boolean isCmyk(MediaHeader header) {
        return header.metadata().getImage().getColourMode().equals("CMYK");
    }

    private static boolean isCmykOfTiff(MediaHeader header) {
        ImageMetadata image = header.metadata().getImage();
        // Inks of JPEGs inside TIFFs come out inverted or not, and nothing tells which.
        boolean plain = !image.getCompression().equals("JPEG");
        return plain
                && (image.getBitDepth() == 16
                        || (image.getBitDepth() == 8 && !header.iccProfile().isEmpty()));
    }

    private static boolean isOfFewBits(ImageMetadata image) {
        boolean few = image.getBitDepth() == 2 || image.getBitDepth() == 4;
        return few && !image.getColourMode().equals("palette");
    }

    /** The stored picture, not yet turned: sRGB in three channels, or in four with how opaque it is. */
    static Mat read(Path file, MediaHeader header, Stop stop) {
        BufferedImage image = decoded(file);
        MediaType type = header.metadata().getType();
        if (type == MediaType.MEDIA_TYPE_JPEG) {
            try {
                return ColourProfile.toSrgb(image, stop);
            } catch (CMMException e) {
                throw PictureDecoder.corrupt("The picture's colour profile is damaged.")
                        .withDetail(String.valueOf(e.getMessage()), e);
            }
        }
        return isCmyk(header)
                ? cmyk(image, header, stop)
                : pixels(image, header.metadata().getImage().getTransparency(), stop);
    }

    private static BufferedImage decoded(Path file) {
        BufferedImage image;
        try {
            image = ImageIO.read(file.toFile());
        } catch (IOException | RuntimeException e) {
            // Its readers fail at damaged files in all kinds of ways.
            throw PictureDecoder.corrupt("The picture's data is truncated or damaged and cannot be decoded.")
                    .withDetail(String.valueOf(e.getMessage()), e);
        }
        if (image == null) {
            throw PictureDecoder.corrupt("The picture's data cannot be decoded.");
        }
        return image;
    }

    /** Inks of a TIFF, whose profile the JDK passes over. */
    private static Mat cmyk(BufferedImage image, MediaHeader header, Stop stop) {
        Raster raster = image.getRaster();
        if (raster.getNumBands() < INKS) {
            throw PictureDecoder.corrupt(
                    "The picture has " + raster.getNumBands() + " inks; expected four, as its header says.");
        }
        int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        Optional<ICC_Profile> profile = ColourProfile.ofInks(header.iccProfile());
        Mat bgr = new Mat(raster.getHeight(), width, CV_8UC3);
        for (int from = 0; from < raster.getHeight(); from += STRIP_ROWS) {
            stop.check();
            int rows = Math.min(STRIP_ROWS, raster.getHeight() - from);
            int[] samples = raster.getPixels(0, from, width, rows, (int[]) null);
            byte[] inks = new byte[INKS * rows * width];
            for (int i = 0; i < inks.length; i++) {
                inks[i] = (byte) (samples[i / INKS * bands + i % INKS] >> shift);
            }
            try (BytePointer start = new BytePointer(bgr.ptr(from))) {
                start.put(ColourProfile.inksToSrgb(inks, width, rows, profile));
            }
        }
        return bgr;
    }

    private static Mat pixels(BufferedImage image, boolean transparent, Stop stop) {
        int width = image.getWidth();
        int channels = transparent ? 4 : 3;
        Mat mat = new Mat(image.getHeight(), width, transparent ? CV_8UC4 : CV_8UC3);
        int any = 0;
        for (int from = 0; from < image.getHeight(); from += STRIP_ROWS) {
            stop.check();
            int rows = Math.min(STRIP_ROWS, image.getHeight() - from);
            int[] argb = image.getRGB(0, from, width, rows, null, 0, width);
            byte[] bytes = new byte[argb.length * channels];
            for (int i = 0, at = 0; i < argb.length; i++, at += channels) {
                any |= argb[i];
                for (int channel = 0; channel < channels; channel++) {
                    bytes[at + channel] = (byte) (argb[i] >> (8 * channel));
                }
            }
            try (BytePointer start = new BytePointer(mat.ptr(from))) {
                start.put(bytes);
            }
        }
        if (transparent && any >>> 24 == 0) {
            // Nobody stores a picture of nothing: the channel was left unfilled.
            cvtColor(mat, mat, COLOR_BGRA2BGR);
        }
        return mat;
    }
}
