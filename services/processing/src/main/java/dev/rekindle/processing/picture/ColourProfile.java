package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.LUT;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.pipeline.Stop;
import java.awt.RenderingHints;
import java.awt.Transparency;
import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** The colour profile of a decoded picture, and the way from its colours to sRGB. */
final class ColourProfile {
    private static final int STRIP_ROWS = 128;
    private static final int GREYS = 256;
    private static final RenderingHints FAITHFUL =
            new RenderingHints(Map.of(RenderingHints.KEY_COLOR_RENDERING, RenderingHints.VALUE_COLOR_RENDER_QUALITY));

    private final ICC_Profile profile;

    private ColourProfile(ICC_Profile profile) {
        this.profile = profile;
    }

    /** The profile of a picture of colours or greys; empty for one that is broken or incomplete, of another kind, or sRGB itself. */
    static Optional<ColourProfile> of(MediaHeader header) {
        ImageMetadata image = header.metadata().getImage();
        boolean grey = image.getColourMode().startsWith("grey");
        if (header.iccProfile().isEmpty()
                || JdkPictures.isCmyk(header)
                || (image.getIccProfile().startsWith("sRGB") && !grey)) {
            return Optional.empty();
        }
        try {
            ICC_Profile profile = ICC_Profile.getInstance(header.iccProfile().toByteArray());
            int type = profile.getColorSpaceType();
            boolean fits = type == ColorSpace.TYPE_RGB || (grey && type == ColorSpace.TYPE_GRAY);
            return fits && converts(profile) ? Optional.of(new ColourProfile(profile)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** True if what the profile says is enough to reckon with, which its header does not tell. */
    private static boolean converts(ICC_Profile profile) {
        int channels = profile.getNumComponents();
        int[] order = IntStream.range(0, channels).toArray();
        try {
            return converted(image(new byte[channels], 1, 1, profile, order)).length > 0;
        } catch (CMMException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Changes blue-green-red pixels from this profile to sRGB, in place; those of a profile of greys are grey. */
    void toSrgb(Mat bgr, Stop stop) {
        if (profile.getColorSpaceType() == ColorSpace.TYPE_GRAY) {
            try (Mat table = greys(stop)) {
                LUT(bgr, table, bgr);
            }
        } else {
            coloursToSrgb(bgr, stop);
        }
    }

    /** What each of 256 greys is in sRGB. */
    private Mat greys(Stop stop) {
        byte[] ramp = new byte[GREYS];
        for (int i = 0; i < GREYS; i++) {
            ramp[i] = (byte) i;
        }
        return toSrgb(image(ramp, GREYS, 1, profile, new int[] {0}), stop);
    }

    /** An image of the JDK of bytes, the channels of a pixel in that order. */
    private static BufferedImage image(byte[] pixels, int width, int height, ICC_Profile profile, int[] order) {
        int channels = order.length;
        ComponentColorModel model = new ComponentColorModel(
                new ICC_ColorSpace(profile), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        WritableRaster raster = Raster.createInterleavedRaster(
                new DataBufferByte(pixels, pixels.length), width, height, width * channels, channels, order, null);
        return new BufferedImage(model, raster, false, null);
    }

    private void coloursToSrgb(Mat bgr, Stop stop) {
        int width = bgr.cols();
        for (int from = 0; from < bgr.rows(); from += STRIP_ROWS) {
            stop.check();
            int rows = Math.min(STRIP_ROWS, bgr.rows() - from);
            byte[] pixels = new byte[rows * width * 3];
            try (BytePointer start = new BytePointer(bgr.ptr(from))) {
                start.get(pixels);
                start.put(converted(image(pixels, width, rows, profile, new int[] {2, 1, 0})));
            }
        }
    }

    /**
     * Inks, four bytes a pixel, 255 for all of one, as blue-green-red sRGB.
     *
     * @param profile of the inks; without one each takes away its part of the light
     */
    static byte[] inksToSrgb(byte[] inks, int width, int height, Optional<ICC_Profile> profile) {
        if (profile.isPresent()) {
            return converted(image(inks, width, height, profile.get(), new int[] {0, 1, 2, 3}));
        }
        byte[] bgr = new byte[3 * width * height];
        for (int i = 0, at = 0; i < inks.length; i += 4) {
            for (int ink = 2; ink >= 0; ink--) {
                bgr[at++] = (byte) (((255 - (inks[i + ink] & 0xff)) * (255 - (inks[i + 3] & 0xff)) + 127) / 255);
            }
        }
        return bgr;
    }

    /** The profile in these bytes; empty where it is none of four inks or incomplete. */
    static Optional<ICC_Profile> ofInks(ByteString bytes) {
        try {
            return Optional.of(ICC_Profile.getInstance(bytes.toByteArray()))
                    .filter(profile -> profile.getColorSpaceType() == ColorSpace.TYPE_CMYK && converts(profile));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** An image of the JDK in whatever colour space, as blue-green-red sRGB. */
    static Mat toSrgb(BufferedImage image, Stop stop) {
        int width = image.getWidth();
        Mat bgr = new Mat(image.getHeight(), width, CV_8UC3);
        for (int from = 0; from < image.getHeight(); from += STRIP_ROWS) {
            stop.check();
            int rows = Math.min(STRIP_ROWS, image.getHeight() - from);
            try (BytePointer start = new BytePointer(bgr.ptr(from))) {
                start.put(converted(image.getSubimage(0, from, width, rows)));
            }
        }
        return bgr;
    }

    private static byte[] converted(BufferedImage image) {
        BufferedImage target = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
        new ColorConvertOp(FAITHFUL).filter(image, target);
        return ((DataBufferByte) target.getRaster().getDataBuffer()).getData();
    }
}
