package dev.rekindle.processing.engine.onnx;

import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import dev.rekindle.processing.engine.DamageDetector;
import dev.rekindle.processing.engine.Face;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import java.util.Locale;
import org.bytedeco.opencv.opencv_core.Mat;

/** Damage as an operator's model sees it. */
final class OnnxDamage implements DamageDetector {
    private static final double SHARE_MAX = 0.4;

    private final Model model;

    OnnxDamage(Model model) {
        this.model = model;
    }

    @Override
    public Mat find(Mat luminance, List<Face> faces, double noise, Stop stop) {
        try (Mat bgr = new Mat()) {
            cvtColor(luminance, bgr, COLOR_GRAY2BGR);
            Mat mask = Answers.mask(model, bgr, Progress.unheard(), stop);
            double share = (double) countNonZero(mask) / mask.total();
            if (share > SHARE_MAX) {
                mask.close();
                throw new ModelProblem(String.format(
                        Locale.ROOT,
                        "It takes %.0f %% of the photo for damage; expected at most %.0f %%.",
                        100 * share,
                        100 * SHARE_MAX));
            }
            return mask;
        }
    }
}
