package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.blendLinear;
import static org.bytedeco.opencv.global.opencv_imgproc.ellipse;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Keeps more of the photo itself in faces than elsewhere: people know every pore of them, and wax shows at once. */
final class FaceCare {
    private static final double MARGIN = 0.25;

    private FaceCare() {}

    /**
     * Mixes the picture as it was back into faces, softly at their borders. In place.
     *
     * @param share of the picture as it was, in the middle of a face
     */
    static void keep(Mat before, Mat after, List<Face> faces, double share) {
        for (Face face : faces) {
            try (PointerScope _ = new PointerScope()) {
                int margin = (int) (MARGIN * face.size());
                int left = Math.max(0, face.x() - margin);
                int top = Math.max(0, face.y() - margin);
                int right = Math.min(after.cols(), face.x() + face.size() + margin);
                int bottom = Math.min(after.rows(), face.y() + face.size() + margin);
                Rect area = new Rect(left, top, right - left, bottom - top);
                Mat kept = new Mat(area.height(), area.width(), CV_32FC1, Scalar.all(0));
                ellipse(
                        kept,
                        new Point(face.x() + face.size() / 2 - left, face.y() + face.size() / 2 - top),
                        new Size((int) (0.45 * face.size()), (int) (0.58 * face.size())),
                        0,
                        0,
                        360,
                        Scalar.all(share),
                        -1,
                        8,
                        0);
                GaussianBlur(kept, kept, new Size(), Math.max(1, face.size() / 12.0));
                Mat rest = org.bytedeco
                        .opencv
                        .global
                        .opencv_core
                        .subtract(Scalar.all(1), kept)
                        .asMat();
                Mat target = new Mat(after, area);
                Mat mixed = new Mat();
                blendLinear(new Mat(before, area), target, kept, rest, mixed);
                mixed.copyTo(target);
            }
        }
    }
}
