package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.extractChannel;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGRA2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.blendLinear;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatExpr;
import org.bytedeco.opencv.opencv_core.Scalar;

/** Brings pictures of one, two or four channels to three. */
final class Transparency {
    private Transparency() {}

    /** The picture laid on a colour, 0xRRGGBB; takes over the matrix it is given. */
    static Mat on(Mat layered, int backgroundRgb) {
        if (layered.channels() == 3) {
            return layered;
        }
        try (layered;
                PointerScope _ = new PointerScope()) {
            Mat flat = new Mat();
            flat.retainReference();
            if (layered.channels() == 1) {
                cvtColor(layered, flat, COLOR_GRAY2BGR);
                return flat;
            }
            Mat colour = new Mat();
            if (layered.channels() == 4) {
                cvtColor(layered, colour, COLOR_BGRA2BGR);
            } else {
                extractChannel(layered, colour, 0);
                cvtColor(colour, colour, COLOR_GRAY2BGR);
            }
            Mat opacity = new Mat();
            extractChannel(layered, opacity, layered.channels() - 1);
            opacity.convertTo(opacity, CV_32F, 1 / 255.0, 0);
            MatExpr rest = org.bytedeco.opencv.global.opencv_core.subtract(Scalar.all(1), opacity);
            Scalar ground = new Scalar(backgroundRgb & 0xff, backgroundRgb >> 8 & 0xff, backgroundRgb >> 16 & 0xff, 0);
            Mat background = new Mat(colour.rows(), colour.cols(), CV_8UC3, ground);
            blendLinear(colour, background, opacity, rest.asMat(), flat);
            return flat;
        }
    }
}
