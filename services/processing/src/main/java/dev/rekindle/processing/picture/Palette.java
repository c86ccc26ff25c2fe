package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.KMEANS_PP_CENTERS;
import static org.bytedeco.opencv.global.opencv_core.kmeans;
import static org.bytedeco.opencv.global.opencv_core.setRNGSeed;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_NEAREST;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_core.TermCriteria;

/**
 * A few colours that stand for all of a picture. A picture that has no more is written as it is; of others the colours are
 * the centres of clusters, and what is lost at a pixel is spread over its neighbours (Floyd and Steinberg).
 */
final class Palette {
    static final int COLOURS_MAX = 256;

    private static final int SAMPLES_SIDE = 128;
    private static final int ROUNDS = 12;
    private static final int SEED = 20_080;
    private static final int CHECK_ROWS = 64;
    private static final int UNKNOWN = -1;

    /** Of each channel; what is nearest is looked up once for each cell of the colour cube. */
    private static final int CELL_BITS = 6;

    private final int[] colours;
    private final boolean exact;
    private final short[] nearest = new short[1 << (3 * CELL_BITS)];

    private Palette(int[] colours, boolean exact) {
        this.colours = colours;
        this.exact = exact;
        Arrays.fill(nearest, (short) UNKNOWN);
    }

    /** The palette for a picture, of at most so many colours, 2 to 256. */
    static Palette of(Picture picture, int coloursMax) {
        Set<Integer> few = new LinkedHashSet<>();
        byte[] row = new byte[picture.width() * 3];
        for (int y = 0; y < picture.height() && few.size() <= coloursMax; y++) {
            read(picture, y, row);
            for (int x = 0; x < row.length && few.size() <= coloursMax; x += 3) {
                few.add(colour(row, x));
            }
        }
        return few.size() <= coloursMax
                ? new Palette(few.stream().mapToInt(Integer::intValue).sorted().toArray(), true)
                : new Palette(clustered(picture, coloursMax), false);
    }

    private static int[] clustered(Picture picture, int coloursMax) {
        try (PointerScope _ = new PointerScope()) {
            Mat sample = new Mat();
            int width = Math.min(SAMPLES_SIDE, picture.width());
            int height = Math.min(SAMPLES_SIDE, picture.height());
            resize(picture.mat(), sample, new Size(width, height), 0, 0, INTER_NEAREST);
            Mat points = new Mat();
            sample.reshape(1, width * height).convertTo(points, CV_32F);
            Mat centres = new Mat();
            setRNGSeed(SEED);
            kmeans(
                    points,
                    Math.min(coloursMax, width * height),
                    new Mat(),
                    new TermCriteria(TermCriteria.COUNT, ROUNDS, 0),
                    1,
                    KMEANS_PP_CENTERS,
                    centres);
            FloatIndexer values = centres.createIndexer();
            int[] colours = new int[centres.rows()];
            for (int i = 0; i < colours.length; i++) {
                colours[i] = Math.round(values.get(i, 2)) << 16
                        | Math.round(values.get(i, 1)) << 8
                        | Math.round(values.get(i, 0));
            }
            return Arrays.stream(colours).distinct().sorted().toArray();
        }
    }

    /** The picture as a PNG with this palette. */
    byte[] png(Picture picture, Stop stop) {
        int bits = colours.length <= 2 ? 1 : colours.length <= 4 ? 2 : colours.length <= 16 ? 4 : 8;
        byte[] red = new byte[colours.length];
        byte[] green = new byte[colours.length];
        byte[] blue = new byte[colours.length];
        for (int i = 0; i < colours.length; i++) {
            red[i] = (byte) (colours[i] >> 16);
            green[i] = (byte) (colours[i] >> 8);
            blue[i] = (byte) colours[i];
        }
        BufferedImage image = new BufferedImage(
                picture.width(),
                picture.height(),
                bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY,
                new IndexColorModel(bits, colours.length, red, green, blue));
        fill(picture, image.getRaster(), stop);
        return encoded(image);
    }

    private void fill(Picture picture, WritableRaster raster, Stop stop) {
        int width = picture.width();
        byte[] row = new byte[width * 3];
        int[] indexes = new int[width];
        int[] errors = new int[(width + 2) * 3];
        int[] below = new int[(width + 2) * 3];
        for (int y = 0; y < picture.height(); y++) {
            if (y % CHECK_ROWS == 0) {
                stop.check();
            }
            read(picture, y, row);
            if (exact) {
                for (int x = 0; x < width; x++) {
                    indexes[x] = Arrays.binarySearch(colours, colour(row, 3 * x));
                }
            } else {
                Arrays.fill(below, 0);
                dither(row, indexes, errors, below, y % 2 == 0 ? 1 : -1);
                int[] next = errors;
                errors = below;
                below = next;
            }
            raster.setPixels(0, y, width, 1, indexes);
        }
    }

    /** One row, forwards or backwards in turn. Errors are sixteenths, with one pixel more at both ends. */
    private void dither(byte[] row, int[] indexes, int[] errors, int[] below, int step) {
        int width = indexes.length;
        int[] wanted = new int[3];
        for (int i = 0; i < width; i++) {
            int x = step > 0 ? i : width - 1 - i;
            for (int channel = 0; channel < 3; channel++) {
                int error = errors[3 * (x + 1) + channel];
                wanted[channel] = Math.clamp((row[3 * x + channel] & 0xff) + ((error + 8) >> 4), 0, 255);
            }
            int index = nearest(wanted[0], wanted[1], wanted[2]);
            indexes[x] = index;
            for (int channel = 0; channel < 3; channel++) {
                int lost = wanted[channel] - (colours[index] >> (8 * channel) & 0xff);
                errors[3 * (x + 1 + step) + channel] += 7 * lost;
                below[3 * (x + 1 - step) + channel] += 3 * lost;
                below[3 * (x + 1) + channel] += 5 * lost;
                below[3 * (x + 1 + step) + channel] += lost;
            }
        }
    }

    private int nearest(int blue, int green, int red) {
        int down = 8 - CELL_BITS;
        int cell = (red >> down) << (2 * CELL_BITS) | (green >> down) << CELL_BITS | blue >> down;
        if (nearest[cell] == UNKNOWN) {
            int middle = 1 << (down - 1);
            nearest[cell] = (short) searched(
                    (blue >> down << down) + middle, (green >> down << down) + middle, (red >> down << down) + middle);
        }
        return nearest[cell];
    }

    private int searched(int blue, int green, int red) {
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < colours.length; i++) {
            int r = red - (colours[i] >> 16 & 0xff);
            int g = green - (colours[i] >> 8 & 0xff);
            int b = blue - (colours[i] & 0xff);
            int distance = r * r + g * g + b * b;
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return best;
    }

    private static void read(Picture picture, int y, byte[] row) {
        try (BytePointer start = new BytePointer(picture.mat().ptr(y))) {
            start.get(row);
        }
    }

    /** 0xRRGGBB of the pixel at that byte. */
    private static int colour(byte[] row, int at) {
        return (row[at + 2] & 0xff) << 16 | (row[at + 1] & 0xff) << 8 | (row[at] & 0xff);
    }

    private static byte[] encoded(BufferedImage image) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(0);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } catch (IOException e) {
            throw Failure.internal("Could not encode a PNG with a palette", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
