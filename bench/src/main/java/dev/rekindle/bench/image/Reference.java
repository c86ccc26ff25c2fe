package dev.rekindle.bench.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_quality.QualitySSIM;

/**
 * A picture reduced as exactly as can be: Lanczos of three lobes over all pixels, in linear light and floating point. Slow,
 * and shares nothing with those who are measured.
 */
final class Reference implements AutoCloseable {
    private static final int LOBES = 3;
    private static final float[] LINEAR = new float[256];

    static {
        for (int i = 0; i < LINEAR.length; i++) {
            double value = i / 255.0;
            LINEAR[i] = (float) (value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4));
        }
    }

    private final Picture reduced;

    private Reference(Picture reduced) {
        this.reduced = reduced;
    }

    static Reference of(Path file, int longerSide) {
        try (Picture photo = decoded(file)) {
            double scale = (double) longerSide / photo.longerSide();
            int width = (int) Math.round(photo.width() * scale);
            int height = (int) Math.round(photo.height() * scale);
            float[][] across = new float[photo.height()][];
            Weights columns = Weights.of(photo.width(), width);
            byte[] row = new byte[photo.width() * 3];
            for (int y = 0; y < across.length; y++) {
                try (BytePointer start = new BytePointer(photo.mat().ptr(y))) {
                    start.get(row);
                }
                across[y] = columns.ofRow(row);
            }
            return new Reference(Picture.of(down(across, width, height)));
        }
    }

    private static Mat down(float[][] across, int width, int height) {
        Mat mat = new Mat(height, width, CV_8UC3);
        Weights rows = Weights.of(across.length, height);
        byte[] line = new byte[width * 3];
        float[] sum = new float[width * 3];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sum, 0);
            for (int i = 0; i < rows.weights[y].length; i++) {
                float[] from = across[Math.clamp(rows.first[y] + i, 0, across.length - 1)];
                float weight = rows.weights[y][i];
                for (int x = 0; x < sum.length; x++) {
                    sum[x] += weight * from[x];
                }
            }
            for (int x = 0; x < sum.length; x++) {
                line[x] = (byte) stored(sum[x]);
            }
            try (BytePointer start = new BytePointer(mat.ptr(y))) {
                start.put(line);
            }
        }
        return mat;
    }

    private static int stored(float linear) {
        double value = Math.clamp(linear, 0f, 1f);
        double coded = value <= 0.0031308 ? 12.92 * value : 1.055 * Math.pow(value, 1 / 2.4) - 0.055;
        return (int) Math.round(255 * coded);
    }

    /** For each pixel of the result the first pixel that counts, and how much each counts. */
    @SuppressWarnings("ArrayRecordComponent") // read in place, never compared
    private record Weights(int[] first, float[][] weights) {
        static Weights of(int from, int to) {
            double scale = (double) from / to;
            int[] first = new int[to];
            float[][] weights = new float[to][];
            for (int i = 0; i < to; i++) {
                double centre = (i + 0.5) * scale;
                first[i] = (int) Math.floor(centre - LOBES * scale);
                int last = (int) Math.ceil(centre + LOBES * scale);
                double[] raw = new double[last - first[i]];
                for (int at = 0; at < raw.length; at++) {
                    raw[at] = lanczos((first[i] + at + 0.5 - centre) / scale);
                }
                double sum = Arrays.stream(raw).sum();
                weights[i] = new float[raw.length];
                for (int at = 0; at < raw.length; at++) {
                    weights[i][at] = (float) (raw[at] / sum);
                }
            }
            return new Weights(first, weights);
        }

        private static double lanczos(double x) {
            if (Math.abs(x) < 1e-9) {
                return 1;
            }
            return Math.abs(x) >= LOBES
                    ? 0
                    : LOBES * Math.sin(Math.PI * x) * Math.sin(Math.PI * x / LOBES) / (Math.PI * Math.PI * x * x);
        }

        float[] ofRow(byte[] row) {
            float[] out = new float[first.length * 3];
            int pixels = row.length / 3;
            for (int i = 0; i < first.length; i++) {
                for (int at = 0; at < weights[i].length; at++) {
                    int pixel = 3 * Math.clamp(first[i] + at, 0, pixels - 1);
                    float weight = weights[i][at];
                    out[3 * i] += weight * LINEAR[row[pixel] & 0xff];
                    out[3 * i + 1] += weight * LINEAR[row[pixel + 1] & 0xff];
                    out[3 * i + 2] += weight * LINEAR[row[pixel + 2] & 0xff];
                }
            }
            return out;
        }
    }

    /** The structural similarity of a file to it, over the three channels; a pixel more or less of a side is left out. */
    double likeness(Path file) {
        try (Picture picture = decoded(file);
                Rect common = new Rect(
                        0,
                        0,
                        Math.min(picture.width(), reduced.width()),
                        Math.min(picture.height(), reduced.height()));
                Mat own = new Mat(reduced.mat(), common);
                Mat other = new Mat(picture.mat(), common);
                Mat map = new Mat();
                Scalar similarity = QualitySSIM.compute(own, other, map)) {
            return (similarity.get(0) + similarity.get(1) + similarity.get(2)) / 3;
        }
    }

    private static Picture decoded(Path file) {
        MediaHeader header =
                MediaHeader.read(ByteSource.ofFile(file), MediaLimits.photos().withBytesMax(1L << 32));
        return PictureDecoder.decode(file, header, 0, new Stop());
    }

    @Override
    public void close() {
        reduced.close();
    }
}
