package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;

import dev.rekindle.processing.picture.PictureSize;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A guess at how near each part of a photo is to the camera, on a small grid: 1 for people, whose faces are found and whose
 * bodies are below them, and for the rest more the lower it lies, as ground is. Soft everywhere, and even within a face, so
 * that what is moved by it bends nothing that eyes know.
 */
final class Nearness {
    private static final int SIDE = 192;
    private static final double HEAD_WIDTH = 1.0;
    private static final double HEAD_HEIGHT = 1.2;
    private static final double SHOULDERS = 1.7;
    private static final double SHOULDERS_BELOW = 1.5;
    private static final double SOFTNESS = 0.4;
    /** Of the ground at the lower edge, where there are people, and where there is nothing else to go by. */
    private static final double GROUND_BESIDE_PEOPLE = 0.3;

    private static final double GROUND = 1;

    private final int width;
    private final int height;
    private final float[] values;

    private Nearness(int width, int height, float[] values) {
        this.width = width;
        this.height = height;
        this.values = values;
    }

    /** Guesses for a photo of that size with those faces in it. */
    static Nearness of(PictureSize size, List<Face> faces) {
        double scale = Math.min(1, (double) SIDE / Math.max(size.width(), size.height()));
        int width = (int) Math.max(2, Math.round(size.width() * scale));
        int height = (int) Math.max(2, Math.round(size.height() * scale));
        float[] values = new float[width * height];
        double ground = faces.isEmpty() ? GROUND : GROUND_BESIDE_PEOPLE;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                values[y * width + x] = (float) (ground * y / (height - 1));
            }
        }
        for (Face face : faces) {
            add(values, width, height, face.scaled(scale));
        }
        return new Nearness(width, height, values);
    }

    private static void add(float[] values, int width, int height, Face face) {
        double size = Math.max(1, face.size());
        double middle = face.x() + size / 2;
        double level = face.y() + size / 2;
        try (PointerScope _ = new PointerScope()) {
            Mat person = new Mat(height, width, CV_32FC1);
            FloatIndexer near = person.createIndexer();
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    boolean inside = isOfPerson((column - middle) / size, (row - level) / size);
                    near.put(row, column, inside ? 1 : 0);
                }
            }
            GaussianBlur(person, person, new Size(), Math.max(1, SOFTNESS * size));
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    int at = row * width + column;
                    values[at] = Math.max(values[at], near.get(row, column));
                }
            }
        }
    }

    /** True in the head, with hair and hat, and below it from the neck over the shoulders down; in sizes of the face. */
    private static boolean isOfPerson(double across, double down) {
        double head = Math.hypot(across / HEAD_WIDTH, down / HEAD_HEIGHT);
        double body = HEAD_WIDTH + (SHOULDERS - HEAD_WIDTH) * Math.min(1, down / SHOULDERS_BELOW);
        return head <= 1 || (down >= 0 && Math.abs(across) <= body);
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** The nearness at a place between the points of the grid, which may lie outside. */
    double at(double x, double y) {
        double column = Math.clamp(x, 0.0, width - 1.0);
        double row = Math.clamp(y, 0.0, height - 1.0);
        int left = (int) Math.min(column, width - 2.0);
        int top = (int) Math.min(row, height - 2.0);
        double across = column - left;
        double down = row - top;
        int at = top * width + left;
        double upper = values[at] * (1 - across) + values[at + 1] * across;
        double lower = values[at + width] * (1 - across) + values[at + width + 1] * across;
        return upper * (1 - down) + lower * down;
    }
}
