package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.bitwise_and;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;

import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PrintPlace;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;

/** The part of a picture that counts where something is measured: a print that lies in it, else all of it. */
final class Measured {
    private final Optional<PrintPlace> print;

    private Measured(Optional<PrintPlace> print) {
        this.print = print;
    }

    static Measured in(Picture picture, Stop stop) {
        return new Measured(PrintPlace.in(picture, stop));
    }

    /** True if it is not the whole picture. */
    boolean isPart() {
        return print.isPresent();
    }

    /** What somebody finds in the part. */
    <T> T of(Picture picture, Function<Mat, T> measure) {
        if (print.isEmpty()) {
            return measure.apply(picture.mat());
        }
        try (Picture part = print.get().of(picture)) {
            return measure.apply(part.mat());
        }
    }

    /** Changes the part alone, in place. */
    void change(Mat bgr, Consumer<Mat> change) {
        if (print.isEmpty()) {
            change.accept(bgr);
            return;
        }
        try (Mat changed = bgr.clone();
                Mat inside = print.get().mask()) {
            change.accept(changed);
            changed.copyTo(bgr, inside);
        }
    }

    /** The damage of the part, as a mask of the whole picture. The caller closes it. */
    Mat damage(DamageDetector detector, Mat luminance, List<Face> faces, double noise, Stop stop) {
        if (print.isEmpty()) {
            return detector.find(luminance, faces, noise, stop);
        }
        Mat mask = new Mat(luminance.rows(), luminance.cols(), CV_8UC1, Scalar.all(0));
        try (Rect bounds = print.get().bounds();
                Mat part = new Mat(luminance, bounds);
                Mat copy = part.clone();
                Mat inside = print.get().mask();
                Mat target = new Mat(mask, bounds);
                Mat found = detector.find(
                        copy,
                        faces.stream()
                                .map(face -> face.from(bounds.x(), bounds.y()))
                                .toList(),
                        noise,
                        stop)) {
            found.copyTo(target);
            bitwise_and(mask, inside, mask);
        }
        return mask;
    }

    /** The share of the part that a mask of the whole picture marks. */
    double share(Mat mask) {
        double whole = mask.total();
        if (print.isPresent()) {
            try (Mat inside = print.get().mask()) {
                whole = Math.max(1, countNonZero(inside));
            }
        }
        return countNonZero(mask) / whole;
    }
}
