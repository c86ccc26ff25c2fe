package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_core.extractChannel;
import static org.bytedeco.opencv.global.opencv_core.subtract;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGRA2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.blendLinear;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;

/** Brings pictures of one, two or four channels to three. */
final class Transparency {
    /** Rows that are blended at a time, in floats. */
    private static final int ROWS = 256;

    private Transparency() {}

    /** The picture in sRGB, laid on a colour; takes over the matrix it is given. */
    static Mat on(Mat layered, Backing backing) {
        return on(layered, backing, false);
    }

    /**
     * The picture in sRGB, laid on a colour; takes over the matrix it is given.
     *
     * @param premultiplied true if its colours were multiplied by how opaque they are
     */
    static Mat on(Mat layered, Backing backing, boolean premultiplied) {
        if (layered.channels() == 3) {
            return inSrgb(layered, backing);
        }
        try (layered) {
            Mat flat = new Mat();
            if (layered.channels() == 1) {
                cvtColor(layered, flat, COLOR_GRAY2BGR);
                return inSrgb(flat, backing);
            }
            if (layered.channels() == 4) {
                cvtColor(layered, flat, COLOR_BGRA2BGR);
            } else {
                extractChannel(layered, flat, 0);
                cvtColor(flat, flat, COLOR_GRAY2BGR);
            }
            try (Mat opacity = new Mat()) {
                extractChannel(layered, opacity, layered.channels() - 1);
                lay(flat, opacity, backing, premultiplied);
            } catch (RuntimeException e) {
                flat.close();
                throw e;
            }
            return flat;
        }
    }

    private static Mat inSrgb(Mat bgr, Backing backing) {
        try {
            backing.toSrgb(bgr);
            return bgr;
        } catch (RuntimeException e) {
            bgr.close();
            throw e;
        }
    }

    /** Lays a picture on a colour in sRGB, in place; opacity is of its size, one channel, 255 where nothing shows through. */
    static void lay(Mat picture, Mat opacity, Backing backing, boolean premultiplied) {
        boolean converts = backing.profile().isPresent();
        if (converts && premultiplied) {
            divide(picture, opacity);
        }
        backing.toSrgb(picture);
        lay(picture, opacity, backing.rgb(), premultiplied && !converts);
    }

    /** Colours as they were before they were multiplied by how opaque they are: profiles know only those. */
    private static void divide(Mat picture, Mat opacity) {
        for (int from = 0; from < picture.rows(); from += ROWS) {
            int to = Math.min(picture.rows(), from + ROWS);
            try (PointerScope _ = new PointerScope()) {
                Mat shown = picture.rowRange(from, to);
                Mat share = new Mat();
                cvtColor(opacity.rowRange(from, to), share, COLOR_GRAY2BGR);
                opencv_core.divide(shown, share, shown, 255, -1);
            }
        }
    }

    private static void lay(Mat picture, Mat opacity, int backgroundRgb, boolean premultiplied) {
        Scalar colour = new Scalar(backgroundRgb & 0xff, backgroundRgb >> 8 & 0xff, backgroundRgb >> 16 & 0xff, 0);
        for (int from = 0; from < picture.rows(); from += ROWS) {
            int to = Math.min(picture.rows(), from + ROWS);
            try (PointerScope _ = new PointerScope()) {
                Mat shown = picture.rowRange(from, to);
                Mat share = new Mat();
                opacity.rowRange(from, to).convertTo(share, CV_32F, 1 / 255.0, 0);
                Mat rest = subtract(Scalar.all(1), share).asMat();
                Mat ground = new Mat(shown.rows(), shown.cols(), CV_8UC3, colour);
                if (premultiplied) {
                    blendLinear(ground, new Mat(ground.size(), CV_8UC3, Scalar.all(0)), rest, share, ground);
                    add(shown, ground, shown);
                } else {
                    blendLinear(shown, ground, share, rest, ground);
                    ground.copyTo(shown);
                }
            }
        }
    }
}
