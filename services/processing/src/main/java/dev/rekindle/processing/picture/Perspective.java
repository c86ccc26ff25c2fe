package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC2;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.getPerspectiveTransform;
import static org.bytedeco.opencv.global.opencv_imgproc.warpPerspective;

import dev.rekindle.common.v1.Corners;
import dev.rekindle.processing.pipeline.Stop;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Cuts a photo out of a picture taken of it and makes it the rectangle it was. */
public final class Perspective {
    private Perspective() {}

    /** A photo cut out, and where it lay. */
    public record Corrected(Picture picture, Corners corners) {}

    /**
     * Cuts out at the corners a user sent; empty where they are the whole picture.
     *
     * @throws dev.rekindle.platform.rpc.Failure INVALID_REQUEST if the corners make no convex quadrilateral
     */
    public static Optional<Corrected> at(Corners corners, Picture picture) {
        PictureSize size = PictureSize.of(picture);
        Quad quad = Quad.of(corners, size);
        return quad.isWhole(size) ? Optional.empty() : Optional.of(new Corrected(warp(picture, quad), corners));
    }

    /** Looks for a photo lying on something and cuts it out; empty unless every sign of one is there. */
    public static Optional<Corrected> found(Picture picture, Stop stop) {
        PictureSize size = PictureSize.of(picture);
        return QuadFinder.find(picture, stop).map(quad -> new Corrected(warp(picture, quad), quad.toCorners(size)));
    }

    static Picture warp(Picture picture, Quad quad) {
        int width = (int) Math.max(1, Math.round((quad.side(0) + quad.side(2)) / 2));
        int height = (int) Math.max(1, Math.round((quad.side(1) + quad.side(3)) / 2));
        try (PointerScope _ = new PointerScope()) {
            Mat from = new Mat(4, 1, CV_32FC2);
            Mat to = new Mat(4, 1, CV_32FC2);
            FloatIndexer source = from.createIndexer();
            FloatIndexer target = to.createIndexer();
            float[] cornersX = {0, width, width, 0};
            float[] cornersY = {0, 0, height, height};
            for (int i = 0; i < 4; i++) {
                source.put(i, 0, (float) quad.xs()[i], (float) quad.ys()[i]);
                target.put(i, 0, cornersX[i], cornersY[i]);
            }
            Mat warped = new Mat();
            warped.retainReference();
            warpPerspective(
                    picture.mat(),
                    warped,
                    getPerspectiveTransform(from, to),
                    new Size(width, height),
                    INTER_CUBIC,
                    BORDER_REPLICATE,
                    Scalar.all(0));
            return Picture.of(warped);
        }
    }
}
