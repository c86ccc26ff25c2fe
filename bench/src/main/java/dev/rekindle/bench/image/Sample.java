package dev.rekindle.bench.image;

import static org.bytedeco.opencv.global.opencv_core.CV_64FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_core.addWeighted;
import static org.bytedeco.opencv.global.opencv_core.randn;
import static org.bytedeco.opencv.global.opencv_core.randu;
import static org.bytedeco.opencv.global.opencv_core.setRNGSeed;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_PNG_COMPRESSION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_WEBP_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imwrite;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_AA;
import static org.bytedeco.opencv.global.opencv_imgproc.circle;
import static org.bytedeco.opencv.global.opencv_imgproc.line;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.media.MediaLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A picture made from a seed: roughness of every scale as photos have it, a little grain, and hard thin edges.
 *
 * @param megapixels 12 for 4000 × 3000
 */
record Sample(int megapixels, String extension, Path file) {
    private static final int SEED = 4_711;
    private static final int EDGES = 400;

    /** How much the coarsest roughness counts, and each finer one of the one before: the finest is as the grain of a photo. */
    private static final double FIRST = 0.5;

    private static final double FALL = 0.45;
    private static final int GRAIN = 12;

    static List<Sample> write(int megapixels, Path folder, boolean heic) throws IOException, InterruptedException {
        int width = (int) Math.round(Math.sqrt(megapixels * 1e6 * 4 / 3) / 16) * 16;
        int height = width * 3 / 4;
        Path jpeg = folder.resolve(megapixels + ".jpg");
        Path png = folder.resolve(megapixels + ".png");
        Path webp = folder.resolve(megapixels + ".webp");
        try (Mat picture = made(width, height)) {
            imwrite(jpeg.toString(), picture, new int[] {IMWRITE_JPEG_QUALITY, 92});
            imwrite(png.toString(), picture, new int[] {IMWRITE_PNG_COMPRESSION, 1});
            imwrite(webp.toString(), picture, new int[] {IMWRITE_WEBP_QUALITY, 85});
        }
        List<Sample> samples = new java.util.ArrayList<>(List.of(
                new Sample(megapixels, "jpg", jpeg),
                new Sample(megapixels, "png", png),
                new Sample(megapixels, "webp", webp)));
        Path coded = folder.resolve(megapixels + ".heic");
        if (heic && Magick.run(List.of("convert", jpeg.toString(), "-quality", "80", coded.toString()))) {
            samples.add(new Sample(megapixels, "heic", coded));
        }
        return samples;
    }

    /** A JPEG of 48 megapixels, as heavy as an upload may be. */
    static Path largestJpeg(Path folder) throws IOException {
        Path file = folder.resolve("48-megapixels.jpg");
        try (Mat picture = made(8000, 6000);
                Mat grain = new Mat(6000, 8000, CV_8UC3)) {
            randn(grain, number(0), number(GRAIN));
            add(picture, grain, picture);
            return heaviest(
                    picture,
                    file,
                    IMWRITE_JPEG_QUALITY,
                    IntStream.rangeClosed(1, 100).map(i -> 101 - i));
        }
    }

    /** A PNG as heavy as an upload may be. */
    static Path largestPng(Path folder) throws IOException {
        Path file = folder.resolve("20-megapixels.png");
        try (Mat picture = made(5184, 3888)) {
            return heaviest(picture, file, IMWRITE_PNG_COMPRESSION, IntStream.rangeClosed(0, 9));
        }
    }

    /** Written with the first of these numbers for the setting by which an upload has no more bytes than it may. */
    private static Path heaviest(Mat picture, Path file, int setting, IntStream values) throws IOException {
        for (int value : values.toArray()) {
            imwrite(file.toString(), picture, new int[] {setting, value});
            if (Files.size(file) <= MediaLimits.photos().bytesMax()) {
                return file;
            }
        }
        throw new IOException(file + " is larger than an upload may be");
    }

    /** The same for all channels. */
    private static Mat number(double value) {
        return new Mat(1, 1, CV_64FC1, Scalar.all(value));
    }

    private static Mat made(int width, int height) {
        try (PointerScope _ = new PointerScope()) {
            setRNGSeed(SEED);
            Mat picture = new Mat(height, width, CV_8UC3, Scalar.all(110));
            picture.retainReference();
            double weight = FIRST;
            for (int side = 4; side < width; side *= 4) {
                Mat rough = new Mat(side * 3 / 4, side, CV_8UC3);
                randu(rough, number(0), number(255));
                Mat whole = new Mat();
                resize(rough, whole, new Size(width, height), 0, 0, INTER_CUBIC);
                addWeighted(picture, 1 - weight, whole, weight, 0, picture);
                whole.close();
                weight *= FALL;
            }
            Random random = new Random(SEED);
            for (int i = 0; i < EDGES; i++) {
                Scalar colour = new Scalar(random.nextInt(256), random.nextInt(256), random.nextInt(256), 0);
                Point at = new Point(random.nextInt(width), random.nextInt(height));
                if (i % 2 == 0) {
                    circle(picture, at, 5 + random.nextInt(width / 20), colour, 1 + random.nextInt(6), LINE_AA, 0);
                } else {
                    Point to = new Point(random.nextInt(width), random.nextInt(height));
                    line(picture, at, to, colour, 1 + random.nextInt(6), LINE_AA, 0);
                }
            }
            return picture;
        }
    }
}
