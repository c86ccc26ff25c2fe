package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imwrite;

import com.google.errorprone.annotations.FormatMethod;
import dev.rekindle.common.v1.Point;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Test;

/**
 * Takes the colours of photos away, colourizes them, and says how far each is from its true colours and how colourful it
 * is: left grey, tinted by itself, and with true colours marked at so many random points. {@code ./rekindle bench
 * restoration}; with {@code BENCH_PICTURES=folder} it also writes what it saw.
 */
class ColourizationBench {
    private static final List<String> PHOTOS = List.of("astronaut", "grace_hopper", "chelsea", "coffee", "rocket");
    private static final int[] MARKS = {0, 5, 10, 20, 40};
    private static final long SEED = 3;

    private final EmbeddedEngine engine = EmbeddedEngine.load();
    private final FaceFinder faces = new FaceFinder();

    @Test
    void colours_beside_the_true_ones() {
        say("%-13s %-9s %12s %14s %14s", "photo", "marks", "chroma error", "in faces", "colourfulness");
        double[] errors = new double[MARKS.length];
        double greys = 0;
        for (String name : PHOTOS) {
            try (Picture photo = TestPhotos.picture(name);
                    Picture grey = OldPhoto.of(photo, SEED).grey().picture();
                    Mat all = new Mat(photo.height(), photo.width(), CV_8UC1, Scalar.all(255));
                    Mat skin = faces(grey)) {
                say("%-13s %-9s %12s %14s %14.1f", name, "truth", "", "", Likeness.colourfulness(photo.mat()));
                greys += tell(name, "grey", grey, photo, all, skin);
                for (int i = 0; i < MARKS.length; i++) {
                    try (Picture coloured = colourized(grey, marks(photo, MARKS[i]))) {
                        errors[i] += tell(name, String.valueOf(MARKS[i]), coloured, photo, all, skin);
                        show(name + "-" + MARKS[i] + "-marks", coloured);
                    }
                }
            }
        }
        say("%-13s %-9s %12.2f", "mean", "grey", greys / PHOTOS.size());
        for (int i = 0; i < MARKS.length; i++) {
            say("%-13s %-9d %12.2f", "mean", MARKS[i], errors[i] / PHOTOS.size());
        }
    }

    private Picture colourized(Picture grey, List<ColourHint> hints) {
        EngineRequest request = new EngineRequest(grey, false, true, hints, 0.7, Attempts.NONE);
        return engine.run(request, Progress.unheard(), new Stop()).picture();
    }

    private static double tell(String name, String marks, Picture is, Picture truth, Mat all, Mat skin) {
        double error = Likeness.chromaError(is.mat(), truth.mat(), all);
        say(
                "%-13s %-9s %12.2f %14.2f %14.1f",
                name,
                marks,
                error,
                Likeness.chromaError(is.mat(), truth.mat(), skin),
                Likeness.colourfulness(is.mat()));
        return error;
    }

    /** The middle of each face that is sure. */
    private Mat faces(Picture grey) {
        Mat where = new Mat(grey.height(), grey.width(), CV_8UC1, Scalar.all(0));
        for (Face face : faces.find(grey, new Stop())) {
            if (face.sure()) {
                int quarter = face.size() / 4;
                new Mat(where, new Rect(face.x() + quarter, face.y() + quarter, 2 * quarter, 2 * quarter))
                        .put(Scalar.all(255));
            }
        }
        return where;
    }

    private static List<ColourHint> marks(Picture truth, int count) {
        Random random = new Random(SEED);
        List<ColourHint> hints = new ArrayList<>();
        try (UByteIndexer pixels = truth.mat().createIndexer()) {
            for (int i = 0; i < count; i++) {
                int x = random.nextInt(truth.width());
                int y = random.nextInt(truth.height());
                int rgb = pixels.get(y, x, 2) << 16 | pixels.get(y, x, 1) << 8 | pixels.get(y, x, 0);
                hints.add(ColourHint.newBuilder()
                        .addPoints(Point.newBuilder()
                                .setX((x + 0.5) / truth.width())
                                .setY((y + 0.5) / truth.height()))
                        .setRgb(rgb)
                        .build());
            }
        }
        return hints;
    }

    private static void show(String name, Picture picture) {
        String folder = System.getenv("BENCH_PICTURES");
        if (folder != null) {
            imwrite(folder + "/" + name + ".png", picture.mat());
        }
    }

    @FormatMethod
    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
