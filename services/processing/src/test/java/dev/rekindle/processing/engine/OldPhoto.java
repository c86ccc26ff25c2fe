package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_AA;
import static org.bytedeco.opencv.global.opencv_imgproc.circle;
import static org.bytedeco.opencv.global.opencv_imgproc.line;

import dev.rekindle.processing.picture.Picture;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;

/** Ages a clean picture by a seed: fades it, adds grain, scratches it, lets dust fall. What it damaged is known. */
final class OldPhoto implements AutoCloseable {
    private final Random random;
    private final Mat bgr;
    private final Mat damage;

    private OldPhoto(Picture clean, long seed) {
        this.random = new Random(seed);
        this.bgr = clean.mat().clone();
        this.damage = new Mat(bgr.rows(), bgr.cols(), CV_8UC1, Scalar.all(0));
    }

    static OldPhoto of(Picture clean, long seed) {
        return new OldPhoto(clean, seed);
    }

    OldPhoto grey() {
        try (Mat luminance = Luminance.of(bgr)) {
            org.bytedeco.opencv.global.opencv_imgproc.cvtColor(
                    luminance, bgr, org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR);
        }
        return this;
    }

    /** Black and white of each channel (blue, green, red) after fading. */
    OldPhoto faded(int[] black, int[] white) {
        each((value, channel) -> black[channel] + value * (white[channel] - black[channel]) / 255.0);
        return this;
    }

    OldPhoto sepia() {
        return grey().faded(new int[] {38, 52, 62}, new int[] {170, 205, 224});
    }

    OldPhoto grain(double deviation) {
        each((value, _) -> value + deviation * random.nextGaussian());
        return this;
    }

    /** Grain that is the same in all channels, as in black and white film. */
    OldPhoto greyGrain(double deviation) {
        try (UByteIndexer pixels = bgr.createIndexer()) {
            for (int y = 0; y < bgr.rows(); y++) {
                for (int x = 0; x < bgr.cols(); x++) {
                    double noise = deviation * random.nextGaussian();
                    for (int channel = 0; channel < 3; channel++) {
                        pixels.put(y, x, channel, Math.clamp(Math.round(pixels.get(y, x, channel) + noise), 0, 255));
                    }
                }
            }
        }
        return this;
    }

    OldPhoto scratches(int count) {
        for (int i = 0; i < count; i++) {
            boolean light = random.nextInt(4) > 0;
            double value = light ? 215 + random.nextInt(40) : 5 + random.nextInt(30);
            double angle = Math.PI / 2 + 0.5 * random.nextGaussian();
            double bend = 0.02 * random.nextGaussian();
            double x = random.nextDouble() * bgr.cols();
            double y = random.nextDouble() * bgr.rows();
            int length = (int) (Math.max(bgr.rows(), bgr.cols()) * (0.15 + 0.6 * random.nextDouble()));
            int thickness = 1 + random.nextInt(3);
            for (int step = 0; step < length; step += 4) {
                double nextX = x + 4 * Math.cos(angle);
                double nextY = y + 4 * Math.sin(angle);
                stroke(new Point((int) x, (int) y), new Point((int) nextX, (int) nextY), value, thickness);
                x = nextX;
                y = nextY;
                angle += bend * 0.2 * random.nextGaussian() + bend * 0.1;
            }
        }
        return this;
    }

    /** Scratches from top to bottom, nearly upright, as film and drums leave them. */
    OldPhoto lines(int count) {
        for (int i = 0; i < count; i++) {
            double value = random.nextInt(4) > 0 ? 215 + random.nextInt(40) : 5 + random.nextInt(30);
            double x = (0.05 + 0.9 * random.nextDouble()) * bgr.cols();
            double slope = 0.03 * random.nextGaussian();
            int thickness = 1 + random.nextInt(2);
            for (int y = 0; y < bgr.rows(); y += 8) {
                double next = x + 8 * slope + 0.3 * random.nextGaussian();
                stroke(new Point((int) x, y), new Point((int) next, y + 8), value, thickness);
                x = next;
            }
        }
        return this;
    }

    /** Folded once across and once down, and laid flat again: the surface is gone along both, ragged and four pixels wide. */
    OldPhoto folds() {
        fold(true);
        fold(false);
        return this;
    }

    private void fold(boolean across) {
        int length = across ? bgr.cols() : bgr.rows();
        int breadth = across ? bgr.rows() : bgr.cols();
        double begins = (0.35 + 0.3 * random.nextDouble()) * breadth;
        double slope = 0.02 * (random.nextDouble() - 0.5);
        try (UByteIndexer pixels = bgr.createIndexer();
                UByteIndexer damaged = damage.createIndexer()) {
            for (int along = 0; along < length; along++) {
                double middle = begins + slope * along;
                for (int off = (int) middle - 6; off <= middle + 6; off++) {
                    double ragged = (off - middle + 0.6 * random.nextGaussian()) / 2.2;
                    double share = 0.95 * Math.exp(-ragged * ragged);
                    int x = across ? along : off;
                    int y = across ? off : along;
                    for (int channel = 0; channel < 3; channel++) {
                        double value = pixels.get(y, x, channel) * (1 - share) + 235 * share;
                        pixels.put(y, x, channel, (int) Math.round(value));
                    }
                    if (share > 0.3) {
                        damaged.put(y, x, 255);
                    }
                }
            }
        }
    }

    /**
     * Stained: three pools of something brown that dried, darkest along their rims, and sixty spots of foxing. What they take
     * from blue, green and red is as 10 to 5 to 2.
     */
    OldPhoto stains() {
        double[] density = new double[bgr.cols() * bgr.rows()];
        double side = Math.max(bgr.cols(), bgr.rows());
        for (int i = 0; i < 3; i++) {
            pool(density, (0.08 + 0.14 * random.nextDouble()) * side, 0.25 + 0.3 * random.nextDouble());
        }
        for (int i = 0; i < 60; i++) {
            pool(density, 0.003 * side * (1 + 2 * random.nextDouble()), 0.3 + 0.5 * random.nextDouble());
        }
        try (UByteIndexer pixels = bgr.createIndexer()) {
            for (int y = 0; y < bgr.rows(); y++) {
                for (int x = 0; x < bgr.cols(); x++) {
                    double here = density[y * bgr.cols() + x];
                    for (int channel = 0; channel < 3; channel++) {
                        double left = Math.exp(-here * new double[] {1, 0.5, 0.2}[channel]);
                        pixels.put(y, x, channel, (int) Math.round(pixels.get(y, x, channel) * left));
                    }
                }
            }
        }
        return this;
    }

    /** A spot with a wavy border, a little denser along it. */
    private void pool(double[] density, double radius, double amount) {
        double middleX = random.nextDouble() * bgr.cols();
        double middleY = random.nextDouble() * bgr.rows();
        double turned = 2 * Math.PI * random.nextDouble();
        double waves = 0.1 + 0.1 * random.nextDouble();
        for (int y = 0; y < bgr.rows(); y++) {
            for (int x = 0; x < bgr.cols(); x++) {
                double angle = Math.atan2(y - middleY, x - middleX);
                double border =
                        radius * (1 + waves * Math.sin(3 * angle + turned) + waves / 2 * Math.sin(7 * angle - turned));
                double off = Math.hypot(x - middleX, y - middleY) - border;
                double soft = 1 + 0.02 * radius;
                double rim = Math.exp(-off * off / (8 * soft * soft));
                density[y * bgr.cols() + x] += amount * (1 / (1 + Math.exp(off / soft)) + 0.7 * rim);
            }
        }
    }

    /** Printed in dots, those of each colour turned otherwise, and scanned. */
    OldPhoto screen(double period, double degrees) {
        PaperPattern.screen(bgr, period, new double[] {degrees, degrees + 75, degrees + 15}, random);
        return this;
    }

    /** On paper embossed in a honeycomb. */
    OldPhoto honeycomb(double period, double share) {
        PaperPattern.emboss(bgr, period, 3, 3, share, random);
        return this;
    }

    /** On paper embossed like linen. */
    OldPhoto linen(double period, double share) {
        PaperPattern.emboss(bgr, period, 5, 2, share, random);
        return this;
    }

    /**
     * Crumpled: five cracks from border to border and six shorter ones, jagged (by displacing midpoints), of changing width,
     * with light, rough paper in them and a shadow along one side.
     */
    OldPhoto cracks() {
        double side = Math.max(bgr.cols(), bgr.rows());
        for (int i = 0; i < 11; i++) {
            double length = i < 5 ? 2 * side : (0.1 + 0.2 * random.nextDouble()) * side;
            double angle = Math.PI * random.nextDouble();
            double x = random.nextDouble() * bgr.cols();
            double y = random.nextDouble() * bgr.rows();
            double across = length / 2 * Math.cos(angle);
            double down = length / 2 * Math.sin(angle);
            crack(x - across, y - down, x + across, y + down, side / 512 * (0.7 + 1.3 * random.nextDouble()));
        }
        return this;
    }

    private void crack(double fromX, double fromY, double toX, double toY, double radius) {
        double length = Math.hypot(toX - fromX, toY - fromY);
        if (length > 3) {
            double off = 0.09 * length * Math.clamp(random.nextGaussian(), -2, 2) * Math.min(1, 40 / length);
            double middleX = (fromX + toX) / 2 - off * (toY - fromY) / length;
            double middleY = (fromY + toY) / 2 + off * (toX - fromX) / length;
            double half = Math.clamp(radius * (1 + 0.15 * random.nextGaussian()), 0.4, 4);
            crack(fromX, fromY, middleX, middleY, half);
            crack(middleX, middleY, toX, toY, half);
            return;
        }
        int left = (int) Math.max(0, fromX - radius - 3);
        int right = (int) Math.min(bgr.cols() - 1.0, fromX + radius + 3);
        int top = (int) Math.max(0, fromY - radius - 3);
        int bottom = (int) Math.min(bgr.rows() - 1.0, fromY + radius + 3);
        double paper = 215 + 12 * random.nextGaussian();
        try (UByteIndexer pixels = bgr.createIndexer();
                UByteIndexer damaged = damage.createIndexer()) {
            for (int y = top; y <= bottom; y++) {
                for (int x = left; x <= right; x++) {
                    double share = Math.clamp(radius + 0.5 - Math.hypot(x - fromX, y - fromY), 0, 1);
                    double shade = Math.clamp(radius + 0.5 - Math.hypot(x - fromX - 1.5, y - fromY - 1.5), 0, 1);
                    boolean fresh = damaged.get(y, x) == 0;
                    for (int channel = 0; channel < 3; channel++) {
                        double value = pixels.get(y, x, channel) * (fresh ? 1 - 0.1 * shade : 1);
                        pixels.put(y, x, channel, (int) Math.clamp(value + share * (paper - value), 0, 255));
                    }
                    if (share > 0.3) {
                        damaged.put(y, x, 255);
                    }
                }
            }
        }
    }

    private void stroke(Point from, Point to, double value, int thickness) {
        line(bgr, from, to, Scalar.all(value), thickness, LINE_AA, 0);
        line(damage, from, to, Scalar.all(255), thickness, 8, 0);
    }

    OldPhoto dust(int count) {
        for (int i = 0; i < count; i++) {
            Point at = new Point(random.nextInt(bgr.cols()), random.nextInt(bgr.rows()));
            double value = random.nextInt(3) > 0 ? 215 + random.nextInt(40) : 5 + random.nextInt(30);
            int radius = 1 + random.nextInt(2);
            circle(bgr, at, radius, Scalar.all(value), -1, LINE_AA, 0);
            circle(damage, at, radius, Scalar.all(255), -1, 8, 0);
        }
        return this;
    }

    /** Out of focus: a Gaussian of that many pixels. */
    OldPhoto blurred(double pixels) {
        org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur(
                bgr, bgr, new org.bytedeco.opencv.opencv_core.Size(), pixels);
        return this;
    }

    /** Written as a JPEG of that quality and read again. */
    OldPhoto jpeg(int quality) {
        try (BytePointer bytes = new BytePointer();
                IntPointer options = new IntPointer(IMWRITE_JPEG_QUALITY, quality)) {
            imencode(".jpg", bgr, bytes, options);
            try (Mat read = imdecode(new Mat(1, (int) bytes.limit(), CV_8UC1, bytes), IMREAD_COLOR)) {
                read.copyTo(bgr);
            }
        }
        return this;
    }

    /** The aged picture, a copy. */
    Picture picture() {
        return Picture.of(bgr.clone());
    }

    /** 255 where damage was drawn. */
    Mat damage() {
        return damage;
    }

    private interface Change {
        double apply(int value, int channel);
    }

    private void each(Change change) {
        try (UByteIndexer pixels = bgr.createIndexer()) {
            for (int y = 0; y < bgr.rows(); y++) {
                for (int x = 0; x < bgr.cols(); x++) {
                    for (int channel = 0; channel < 3; channel++) {
                        double value = change.apply(pixels.get(y, x, channel), channel);
                        pixels.put(y, x, channel, Math.clamp(Math.round(value), 0, 255));
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        bgr.close();
        damage.close();
    }
}
