package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.BORDER_CONSTANT;
import static org.bytedeco.opencv.global.opencv_core.BORDER_DEFAULT;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC2;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;
import static org.bytedeco.opencv.global.opencv_core.perspectiveTransform;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.getPerspectiveTransform;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_imgproc.warpPerspective;

import java.util.Random;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A drawn picture, as a phone would take it, of a print that lies on something.
 *
 * @param corners where the print lies
 * @param photo where the photo on it lies: the same, or within the white border
 */
record PrintScene(Picture picture, Quad corners, Quad photo) implements AutoCloseable {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 900;
    private static final int PRINT_SIDE = 800;
    private static final int BORDER = 30;

    /** What the print lies on. */
    enum On {
        TABLE,
        STRIPED_WOOD,
        DARK_PLANKS,
        CHECKED_CLOTH,
        LINEN,
        RUG;

        /** Brightness changes and a colour for a place of the ground: blue, green, red. */
        private double[] colour(double x, double y, long seed) {
            return switch (this) {
                case TABLE -> new double[] {96, 126, 148};
                case STRIPED_WOOD -> {
                    double wave = y + 18 * Math.sin(x / 310 + seed) + 7 * Math.sin(x / 97);
                    double grain = 14 * Math.sin(wave / 5.1) + 9 * Math.sin(wave / 13.7) + 6 * Math.sin(wave / 2.3);
                    yield new double[] {52 + grain * 0.6, 84 + grain * 0.85, 124 + grain};
                }
                case DARK_PLANKS -> {
                    double within = Math.floorMod((long) x, 190L);
                    double plank = hash(seed, (long) Math.floor(x / 190), 3) * 22;
                    double grain = 7 * Math.sin((x + 9 * Math.sin(y / 140)) / 3.7);
                    double gap = within < 5 ? -30 : 0;
                    yield new double[] {30 + plank + grain + gap, 42 + plank + grain + gap, 66 + plank + grain + gap};
                }
                case CHECKED_CLOTH -> {
                    boolean one = Math.floorMod((long) x, 120L) < 60;
                    boolean other = Math.floorMod((long) (y + 0.2 * x), 120L) < 60;
                    double thread = 5 * Math.sin(x * 1.1) * Math.sin(y * 1.1);
                    double red = one == other ? (one ? 150 : 225) : 190;
                    double rest = one == other ? (one ? 35 : 220) : 120;
                    yield new double[] {rest + thread, rest + thread, red + thread};
                }
                case LINEN -> {
                    double thread = 9 * Math.sin(x * 0.9 + hash(seed, (long) (y / 3), 1)) + 9 * Math.sin(y * 0.8);
                    yield new double[] {128 + thread, 150 + thread, 160 + thread};
                }
                case RUG -> {
                    long column = (long) Math.floor(x / 64);
                    long row = (long) Math.floor(y / 64);
                    double dx = x - column * 64 - 32;
                    double dy = y - row * 64 - 32;
                    double ring = Math.hypot(dx, dy) + 5 * Math.cos(6 * Math.atan2(dy, dx));
                    int kind = (int) (hash(seed, column, row) * 3);
                    double[][] tones = {{40, 40, 132}, {92, 48, 38}, {122, 168, 190}};
                    double[] tone = tones[ring < 11 ? 2 : ring < 24 ? kind : 0];
                    double pile = 22 * (hash(seed, (long) (x / 2), (long) (y / 2)) - 0.5);
                    yield new double[] {tone[0] + pile, tone[1] + pile, tone[2] + pile};
                }
            };
        }
    }

    /** Puts a photo on something. The seed says where it lies, how the light falls, and what the sensor adds. */
    static PrintScene of(Picture photo, boolean whiteBorder, On on, long seed) {
        Random random = new Random(seed);
        Mat print = print(photo, whiteBorder);
        Quad corners = place(print, random);
        Mat ground = ground(on, seed);
        Mat mask = warped(new Mat(print.rows(), print.cols(), CV_8UC1, Scalar.all(255)), corners);
        Mat lying = warped(print, corners);
        Mat shadow = new Mat();
        GaussianBlur(mask, shadow, new Size(0, 0), 9, 9, BORDER_DEFAULT, 0);
        int shadowX = 4 + random.nextInt(8);
        int shadowY = 4 + random.nextInt(8);
        double lightX = random.nextDouble() - 0.5;
        double lightY = random.nextDouble() - 0.5;
        try (UByteIndexer over = mask.createIndexer();
                UByteIndexer pixels = ground.createIndexer();
                UByteIndexer photos = lying.createIndexer();
                UByteIndexer shadows = shadow.createIndexer()) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    double share = over.get(y, x) / 255.0;
                    double dark = shadows.get(Math.max(0, y - shadowY), Math.max(0, x - shadowX)) / 255.0;
                    double light = 1 + 0.25 * (lightX * (x - 600) / 600 + lightY * (y - 450) / 450);
                    for (int channel = 0; channel < 3; channel++) {
                        double below = pixels.get(y, x, channel) * (1 - 0.35 * dark);
                        double value = share * photos.get(y, x, channel) + (1 - share) * below;
                        double seen = value * light + 3 * random.nextGaussian();
                        pixels.put(y, x, channel, Math.clamp(Math.round(seen), 0, 255));
                    }
                }
            }
        }
        return new PrintScene(Picture.of(ground), corners, photo(print, whiteBorder ? BORDER : 0, corners));
    }

    /** How far the worst corner of another is from this one's, as a share of the picture's longer side. */
    double error(Quad found) {
        double worst = 0;
        for (int i = 0; i < 4; i++) {
            double away = Double.MAX_VALUE;
            for (int j = 0; j < 4; j++) {
                away = Math.min(away, Math.hypot(found.xs()[j] - corners.xs()[i], found.ys()[j] - corners.ys()[i]));
            }
            worst = Math.max(worst, away);
        }
        return worst / WIDTH;
    }

    @Override
    public void close() {
        picture.close();
    }

    private static Mat print(Picture photo, boolean whiteBorder) {
        Mat print = new Mat();
        double scale = (double) PRINT_SIDE / photo.longerSide();
        resize(photo.mat(), print, new Size(0, 0), scale, scale, scale < 1 ? INTER_AREA : INTER_LINEAR);
        if (whiteBorder) {
            copyMakeBorder(print, print, BORDER, BORDER, BORDER, BORDER, BORDER_CONSTANT, new Scalar(205, 222, 230, 0));
        }
        return print;
    }

    private static Quad place(Mat print, Random random) {
        double angle = Math.toRadians(-18 + 36 * random.nextDouble());
        double fills = 0.62 + 0.22 * random.nextDouble();
        double turnedWidth = Math.abs(print.cols() * Math.cos(angle)) + Math.abs(print.rows() * Math.sin(angle));
        double turnedHeight = Math.abs(print.cols() * Math.sin(angle)) + Math.abs(print.rows() * Math.cos(angle));
        double scale = fills * Math.min(WIDTH / turnedWidth, HEIGHT / turnedHeight);
        double middleX = WIDTH / 2.0 + 40 * (random.nextDouble() - 0.5);
        double middleY = HEIGHT / 2.0 + 40 * (random.nextDouble() - 0.5);
        Quad corners = new Quad(new double[4], new double[4]);
        int[][] signs = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
        for (int i = 0; i < 4; i++) {
            double x = signs[i][0] * scale * print.cols() / 2.0;
            double y = signs[i][1] * scale * print.rows() / 2.0;
            corners.xs()[i] = middleX + x * Math.cos(angle) - y * Math.sin(angle) + 50 * (random.nextDouble() - 0.5);
            corners.ys()[i] = middleY + x * Math.sin(angle) + y * Math.cos(angle) + 50 * (random.nextDouble() - 0.5);
        }
        return corners;
    }

    private static Mat ground(On on, long seed) {
        Mat ground = new Mat(HEIGHT, WIDTH, CV_8UC3, Scalar.all(0));
        double angle = Math.toRadians(new Random(seed).nextInt(24) - 12);
        try (UByteIndexer pixels = ground.createIndexer()) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    double turnedX = x * Math.cos(angle) - y * Math.sin(angle);
                    double turnedY = x * Math.sin(angle) + y * Math.cos(angle);
                    double[] colour = on.colour(turnedX, turnedY, seed);
                    for (int channel = 0; channel < 3; channel++) {
                        pixels.put(y, x, channel, Math.clamp(Math.round(colour[channel]), 0, 255));
                    }
                }
            }
        }
        GaussianBlur(ground, ground, new Size(3, 3), 0);
        return ground;
    }

    private static Mat warped(Mat print, Quad corners) {
        Mat warped = new Mat();
        Mat transform = getPerspectiveTransform(points(corners(print, 0)), points(corners));
        warpPerspective(print, warped, transform, new Size(WIDTH, HEIGHT), INTER_AREA, BORDER_CONSTANT, Scalar.all(0));
        return warped;
    }

    private static Quad corners(Mat print, int within) {
        double right = print.cols() - within;
        double bottom = print.rows() - within;
        return new Quad(new double[] {within, right, right, within}, new double[] {within, within, bottom, bottom});
    }

    private static Quad photo(Mat print, int border, Quad corners) {
        Mat transform = getPerspectiveTransform(points(corners(print, 0)), points(corners));
        Mat lying = new Mat();
        perspectiveTransform(points(corners(print, border)), lying, transform);
        Quad photo = new Quad(new double[4], new double[4]);
        try (FloatIndexer found = lying.createIndexer()) {
            for (int i = 0; i < 4; i++) {
                photo.xs()[i] = found.get(i, 0, 0);
                photo.ys()[i] = found.get(i, 0, 1);
            }
        }
        return photo;
    }

    private static Mat points(Quad quad) {
        Mat points = new Mat(4, 1, CV_32FC2);
        try (FloatIndexer indexer = points.createIndexer()) {
            for (int i = 0; i < 4; i++) {
                indexer.put(i, 0, (float) quad.xs()[i], (float) quad.ys()[i]);
            }
        }
        return points;
    }

    /** A number from 0 to below 1 that looks like chance. */
    private static double hash(long seed, long x, long y) {
        long mixed = seed * 0x9E3779B97F4A7C15L + x * 0xC2B2AE3D27D4EB4FL + y * 0x165667B19E3779F9L;
        mixed = (mixed ^ mixed >>> 31) * 0xBF58476D1CE4E5B9L;
        return ((mixed ^ mixed >>> 29) >>> 11) / (double) (1L << 53);
    }
}
