package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.processing.pipeline.Stop;
import java.awt.RenderingHints;
import java.awt.Transparency;
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
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** The colour profile of a decoded picture, and the way from its colours to sRGB. */
final class ColourProfile {
    private static final int STRIP_ROWS = 128;
    private static final RenderingHints FAITHFUL =
            new RenderingHints(Map.of(RenderingHints.KEY_COLOR_RENDERING, RenderingHints.VALUE_COLOR_RENDER_QUALITY));

    private final ICC_Profile profile;

    private ColourProfile(ICC_Profile profile) {
        this.profile = profile;
    }

    /** The profile of an RGB picture; empty for one that is broken, of another kind, or sRGB itself. */
    static Optional<ColourProfile> of(byte[] bytes, String description) {
        if (bytes.length == 0 || description.startsWith("sRGB")) {
            return Optional.empty();
        }
        try {
            ICC_Profile profile = ICC_Profile.getInstance(bytes);
            return profile.getColorSpaceType() == ColorSpace.TYPE_RGB
                    ? Optional.of(new ColourProfile(profile))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Changes blue-green-red pixels from this profile to sRGB, in place. */
    void toSrgb(Mat bgr, Stop stop) {
        int width = bgr.cols();
        ColorConvertOp conversion = new ColorConvertOp(FAITHFUL);
        ComponentColorModel model = new ComponentColorModel(
                new ICC_ColorSpace(profile), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        for (int from = 0; from < bgr.rows(); from += STRIP_ROWS) {
            stop.check();
            int rows = Math.min(STRIP_ROWS, bgr.rows() - from);
            byte[] pixels = new byte[rows * width * 3];
            try (BytePointer start = new BytePointer(bgr.ptr(from))) {
                start.get(pixels);
                BufferedImage target = new BufferedImage(width, rows, BufferedImage.TYPE_3BYTE_BGR);
                WritableRaster raster = Raster.createInterleavedRaster(
                        new DataBufferByte(pixels, pixels.length),
                        width,
                        rows,
                        width * 3,
                        3,
                        new int[] {2, 1, 0},
                        null);
                conversion.filter(new BufferedImage(model, raster, false, null), target);
                start.put(((DataBufferByte) target.getRaster().getDataBuffer()).getData());
            }
        }
    }

    /** An image of the JDK in whatever colour space, as blue-green-red sRGB. */
    static Mat toSrgb(BufferedImage image, Stop stop) {
        int width = image.getWidth();
        ColorConvertOp conversion = new ColorConvertOp(FAITHFUL);
        Mat bgr = new Mat(image.getHeight(), width, CV_8UC3);
        for (int from = 0; from < image.getHeight(); from += STRIP_ROWS) {
            stop.check();
            int rows = Math.min(STRIP_ROWS, image.getHeight() - from);
            BufferedImage target = new BufferedImage(width, rows, BufferedImage.TYPE_3BYTE_BGR);
            conversion.filter(image.getSubimage(0, from, width, rows), target);
            try (BytePointer start = new BytePointer(bgr.ptr(from))) {
                start.put(((DataBufferByte) target.getRaster().getDataBuffer()).getData());
            }
        }
        return bgr;
    }
}
