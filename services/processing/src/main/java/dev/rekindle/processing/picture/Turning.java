package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.ROTATE_180;
import static org.bytedeco.opencv.global.opencv_core.ROTATE_90_CLOCKWISE;
import static org.bytedeco.opencv.global.opencv_core.ROTATE_90_COUNTERCLOCKWISE;
import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.rotate;

import dev.rekindle.media.Orientation;
import org.bytedeco.opencv.opencv_core.Mat;

/** Turns stored pictures upright. */
final class Turning {
    private Turning() {}

    /** The upright matrix; takes over the stored one, which may be the answer itself. */
    static Mat upright(Mat stored, Orientation orientation) {
        if (orientation == Orientation.UPRIGHT) {
            return stored;
        }
        if (orientation.mirrored()) {
            flip(stored, stored, 1);
        }
        int quarters = orientation.quarterTurns();
        if (quarters == 0) {
            return stored;
        }
        int code = switch (quarters) {
            case 1 -> ROTATE_90_CLOCKWISE;
            case 2 -> ROTATE_180;
            default -> ROTATE_90_COUNTERCLOCKWISE;
        };
        Mat turned = new Mat();
        try (stored) {
            rotate(stored, turned, code);
        }
        return turned;
    }
}
