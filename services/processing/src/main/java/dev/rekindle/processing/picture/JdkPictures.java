package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC4;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGRA2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.pipeline.Stop;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
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
        int bits = header.metadata().getImage().getBitDepth();
        return bits == 16 || (bits == 8 && !header.iccProfile().isEmpty());
    }

    private static boolean isOfFewBits(ImageMetadata image) {
        boolean few = image.getBitDepth() == 2 || image.getBitDepth() == 4;
        return few && !image.getColourMode().equals("palette");
    }

    /** The stored picture, not yet turned: sRGB in three channels, or in four with how opaque it is. */
    static Mat read(Path file, MediaHeader header, Stop stop) {
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            if (image == null) {
                throw PictureDecoder.corrupt("The picture's data cannot be decoded.");
            }
            MediaType type = header.metadata().getType();
            if (type == MediaType.MEDIA_TYPE_JPEG) {
                return ColourProfile.toSrgb(image, stop);
            }
            return isCmyk(header)
                    ? cmyk(image, header, stop)
                    : pixels(image, header.metadata().getImage().getTransparency(), stop);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw PictureDecoder.corrupt("The picture's data is truncated or damaged and cannot be decoded.")
                    .withDetail(String.valueOf(e.getMessage()), e);
        }
    }

    /** Inks of a TIFF, whose profile the JDK passes over. */
    private static Mat cmyk(BufferedImage image, MediaHeader header, Stop stop) {
        Raster raster = image.getRaster();
        if (raster.getNumBands() < INKS) {
            throw PictureDecoder.corrupt(
                    "The picture has " + raster.getNumBands() + " inks; expected four, as its header says.");
        }
        int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
        byte[] inks = new byte[INKS * raster.getWidth() * raster.getHeight()];
        int[] row = new int[raster.getNumBands() * raster.getWidth()];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int x = 0; x < row.length; x += raster.getNumBands()) {
                for (int ink = 0; ink < INKS; ink++) {
                    inks[at++] = (byte) (row[x + ink] >> shift);
                }
            }
        }
        return ColourProfile.inksToSrgb(inks, raster.getWidth(), raster.getHeight(), header.iccProfile(), stop);
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
