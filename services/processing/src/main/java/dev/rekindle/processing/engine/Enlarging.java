package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;
import static org.bytedeco.opencv.global.opencv_core.scaleAdd;
import static org.bytedeco.opencv.global.opencv_dnn.blobFromImage;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_dnn.Net;

/**
 * Makes pictures twice as large by a small network: bicubic, plus what the network says bicubic lacks of brightness, the
 * same for every channel, so that grey stays exactly grey. Works tile by tile; what is seen around a tile is all that the
 * network can see, so tiles give what one run over the whole would.
 */
public final class Enlarging {
    /** How many times as wide it makes pictures. */
    static final int TWICE = 2;

    /** How much more room than a picture takes there must be for enlarging to be worth it. */
    private static final double ROOM_MIN = 1.25;

    private static final int TILE_USUAL = 240;
    /** The network is eight convolutions deep, each of which sees a pixel further. */
    private static final int HALO = 8;

    private static final double HALF = 127.5;
    /** Levels that the network calls one. */
    private static final double LEVELS = 16;

    private final ShippedModel model;
    private final int tile;

    private Enlarging(ShippedModel model, int tile) {
        this.model = model;
        this.tile = tile;
    }

    /** Reads the model. */
    static Enlarging load() {
        return withTiles(TILE_USUAL);
    }

    /** The same with tiles of another size. */
    static Enlarging withTiles(int side) {
        return new Enlarging(ShippedModel.read("enlarger"), side);
    }

    /** Whether a picture of that size is so much smaller than what it must fit into that enlarging it is worth it. */
    public static boolean isWorthIt(PictureSize size, PictureSize max) {
        return room(size, max) >= ROOM_MIN;
    }

    /** True if a picture of twice that size still leaves room. */
    static boolean leavesRoom(PictureSize size, PictureSize max) {
        return room(size, max) > TWICE;
    }

    private static double room(PictureSize size, PictureSize max) {
        return Math.min((double) max.width() / size.width(), (double) max.height() / size.height());
    }

    /**
     * A picture enlarged in some way and then reduced to what it must fit into; the picture itself is closed. The caller
     * closes the result.
     */
    public static Picture replacing(Picture picture, PictureSize max, UnaryOperator<Picture> enlarged) {
        try (Picture large = enlarged.apply(picture)) {
            PictureSize size = PictureSize.of(large).fittedInto(max);
            Resizing whole = new Resizing(large.width(), large.height(), size);
            Picture fitting = large.resized(whole, 0, 0, Interpolation.INTERPOLATION_LANCZOS);
            picture.close();
            return fitting;
        }
    }

    /** A picture of twice the width and height. The caller closes it. */
    Picture twice(Picture picture, Progress progress, Stop stop) {
        Mat small = picture.mat();
        Picture large = Picture.of(new Mat(TWICE * small.rows(), TWICE * small.cols(), CV_8UC3));
        try (Net net = model.open()) {
            for (int top = 0; top < small.rows(); top += tile) {
                for (int left = 0; left < small.cols(); left += tile) {
                    stop.check();
                    try (PointerScope _ = new PointerScope()) {
                        Rect place = new Rect(
                                left, top, Math.min(tile, small.cols() - left), Math.min(tile, small.rows() - top));
                        enlarge(net, small, place, large.mat());
                    }
                }
                progress.at(Math.min(1, (double) (top + tile) / small.rows()));
            }
            return large;
        } catch (RuntimeException e) {
            large.close();
            throw e;
        }
    }

    private static void enlarge(Net net, Mat small, Rect place, Mat large) {
        Mat seen = withSurroundings(small, place);
        Mat luminance = Luminance.of(seen);
        Mat input = blobFromImage(
                luminance, 1 / HALF, new Size(seen.cols(), seen.rows()), Scalar.all(HALF), false, false, CV_32F);
        net.setInput(input);
        Mat lacking = new Mat(
                TWICE * seen.rows(), TWICE * seen.cols(), CV_32F, net.forward().data());
        Rect inner = new Rect(TWICE * HALO, TWICE * HALO, TWICE * place.width(), TWICE * place.height());
        Mat bicubic = new Mat();
        seen.convertTo(bicubic, CV_32F);
        resize(bicubic, bicubic, new Size(lacking.cols(), lacking.rows()), 0, 0, INTER_CUBIC);
        Mat added = new Mat();
        cvtColor(new Mat(lacking, inner), added, COLOR_GRAY2BGR);
        scaleAdd(added, LEVELS, new Mat(bicubic, inner), added);
        added.convertTo(
                new Mat(
                        large,
                        new Rect(TWICE * place.x(), TWICE * place.y(), TWICE * place.width(), TWICE * place.height())),
                CV_8U);
    }

    /** A part of a picture with what lies around it; beyond its border the border goes on. */
    private static Mat withSurroundings(Mat picture, Rect part) {
        int before = Math.min(HALO, part.x());
        int above = Math.min(HALO, part.y());
        int after = Math.min(HALO, picture.cols() - part.x() - part.width());
        int below = Math.min(HALO, picture.rows() - part.y() - part.height());
        Rect around = new Rect(
                part.x() - before, part.y() - above, before + part.width() + after, above + part.height() + below);
        Mat seen = new Mat();
        copyMakeBorder(
                new Mat(picture, around),
                seen,
                HALO - above,
                HALO - below,
                HALO - before,
                HALO - after,
                BORDER_REPLICATE);
        return seen;
    }
}
