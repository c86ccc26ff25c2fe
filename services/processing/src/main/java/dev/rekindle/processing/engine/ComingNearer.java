package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC2;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.remap;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * The way of a camera that comes slowly nearer to a photo and sways a little to the side: what is near grows and moves more
 * than what is far. Where each pixel comes from is a smooth function of its place, so nothing tears, no ground appears behind
 * anybody, and nothing is made up. The camera never sees past the edges.
 */
final class ComingNearer {
    private static final double BEGIN = 1.04;
    private static final double FAR_GAIN = 0.06;
    private static final double NEAR_GAIN = AnimationRequest.NEAREST - BEGIN - FAR_GAIN;
    /** As a share of the width, to either side; what is far sways the other way. */
    private static final double SWAY = 0.010;

    private static final double SWAY_FAR = -0.4;
    /** How near to the left and right edge the camera may aim: there must be room for the sway. */
    private static final double AIM_MIN = 0.3;
    /** So much above a face, in sizes of it, are hair and hat. */
    private static final double CROWN = 0.55;

    private static final double WHOLE_WAY_SECONDS = 5;
    private static final double WAY_MIN = 0.4;
    private static final int QUALITY = 95;

    private final PictureSize size;
    private final Nearness nearness;
    private final double aimX;
    private final double aimY;
    private final double sway;
    private final double way;

    private ComingNearer(AnimationRequest request, Nearness nearness, double aimX, double aimY) {
        this.size = request.size();
        this.nearness = nearness;
        this.aimX = Math.clamp(aimX, AIM_MIN, 1 - AIM_MIN) * size.width();
        this.aimY = Math.clamp(aimY, 0.0, 1.0) * size.height();
        this.way = Math.clamp(request.seconds() / WHOLE_WAY_SECONDS, WAY_MIN, 1.0);
        // People move towards the side where there is more room.
        this.sway = (aimX <= 0.5 ? 1 : -1) * SWAY * way * size.width();
    }

    /** The way for a photo with those faces: towards them, but so that no head is cut off above; or else towards the middle. */
    static ComingNearer to(AnimationRequest request, List<Face> faces) {
        PictureSize photo = PictureSize.of(request.picture());
        double x = 0;
        double y = 0;
        double weight = 0;
        double crown = 1;
        for (Face face : faces) {
            crown = Math.min(crown, Math.max(0, face.y() - CROWN * face.size()) / photo.height());
            x += face.size() * (face.x() + face.size() / 2.0) / photo.width();
            y += face.size() * (face.y() + face.size() / 2.0) / photo.height();
            weight += face.size();
        }
        Nearness nearness = Nearness.of(photo, faces);
        double highest = crown * AnimationRequest.NEAREST / (AnimationRequest.NEAREST - 1);
        return weight > 0
                ? new ComingNearer(request, nearness, x / weight, Math.min(y / weight, highest))
                : new ComingNearer(request, nearness, 0.5, 0.5);
    }

    /** Where a pixel of a frame comes from, in pixels of the frame, at that fraction of the way. */
    double[] from(double x, double y, double eased) {
        double half = zoom(eased, 0.5);
        double nearX = aimX + (x - aimX) / half;
        double nearY = aimY + (y - aimY) / half;
        double near = nearness.at(
                (nearX + 0.5) / size.width() * nearness.width() - 0.5,
                (nearY + 0.5) / size.height() * nearness.height() - 0.5);
        double zoom = zoom(eased, near);
        double aside = sway * (2 * eased - 1) * (near + SWAY_FAR * (1 - near));
        return new double[] {aimX + (x - aimX - aside) / zoom, aimY + (y - aimY) / zoom};
    }

    private double zoom(double eased, double near) {
        return BEGIN + way * eased * (FAR_GAIN + NEAR_GAIN * near);
    }

    /** Begins and ends gently. */
    static double eased(double fraction) {
        return 0.5 - 0.5 * Math.cos(Math.PI * fraction);
    }

    /** Writes all frames as JPEGs, one after the other. */
    void write(Picture picture, int frames, Path file, Progress progress, Stop stop) {
        try (Mat places = places();
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < frames; i++) {
                stop.check();
                try (Picture frame = frame(picture, places, frames == 1 ? 0 : (double) i / (frames - 1))) {
                    out.write(PictureEncoder.jpeg(frame, QUALITY));
                }
                progress.at((i + 1.0) / frames);
            }
        } catch (IOException e) {
            throw Failure.internal("Cannot write " + file, e);
        }
    }

    /** The place of every pixel of a frame. */
    private Mat places() {
        Mat places = new Mat(size.height(), size.width(), CV_32FC2);
        try (FloatIndexer values = places.createIndexer()) {
            for (int y = 0; y < size.height(); y++) {
                for (int x = 0; x < size.width(); x++) {
                    values.put(y, x, (float) x, (float) y);
                }
            }
        }
        return places;
    }

    /** How far from its place a pixel comes is smooth, so it is reckoned on a grid and enlarged. */
    private Picture frame(Picture picture, Mat places, double fraction) {
        double eased = eased(fraction);
        double scaleX = (double) picture.width() / size.width();
        double scaleY = (double) picture.height() / size.height();
        Mat frame = new Mat();
        try (PointerScope _ = new PointerScope()) {
            int columns = Math.min(size.width(), nearness.width());
            int rows = Math.min(size.height(), nearness.height());
            Mat grid = new Mat(rows, columns, CV_32FC2);
            FloatIndexer moved = grid.createIndexer();
            for (int row = 0; row < rows; row++) {
                double y = (row + 0.5) * size.height() / rows - 0.5;
                for (int column = 0; column < columns; column++) {
                    double x = (column + 0.5) * size.width() / columns - 0.5;
                    double[] from = from(x, y, eased);
                    moved.put(row, column, (float) ((from[0] + 0.5) * scaleX - 0.5 - x), (float)
                            ((from[1] + 0.5) * scaleY - 0.5 - y));
                }
            }
            Mat map = new Mat();
            resize(grid, map, new Size(size.width(), size.height()), 0, 0, INTER_LINEAR);
            add(map, places, map);
            remap(picture.mat(), frame, map, new Mat(), INTER_CUBIC, BORDER_REPLICATE, Scalar.all(0));
        }
        return Picture.of(frame);
    }
}
