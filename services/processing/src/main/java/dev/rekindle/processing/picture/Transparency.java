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

    /** The picture laid on white; takes over the matrix it is given. */
    static Mat onWhite(Mat layered) {
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
            Mat white = new Mat(colour.rows(), colour.cols(), CV_8UC3, Scalar.all(255));
            blendLinear(colour, white, opacity, rest.asMat(), flat);
            return flat;
        }
    }
}
