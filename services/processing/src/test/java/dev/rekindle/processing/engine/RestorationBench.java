package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.bitwise_and;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imwrite;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LANCZOS4;

import com.google.errorprone.annotations.FormatMethod;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import java.util.Locale;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

/**
 * Degrades clean photos by a seed, restores them, and says how near each came to what it was, for each kind of damage: PSNR
 * in dB, SSIM and the deviation of edges (GMSD, less is better) before and after. None of the photos was used in training. {@code ./rekindle bench restoration}; with
 * {@code BENCH_PICTURES=folder} it also writes what it saw.
 */
class RestorationBench {
    private static final long SEED = 20;
    private static final int[] BLACK = {40, 48, 70};
    private static final int[] WHITE = {160, 190, 225};
    private static final int[] GREY_BLACK = {30, 30, 30};
    private static final int[] GREY_WHITE = {220, 220, 220};

    /** A way photos age. */
    private enum Kind {
        NOTHING,
        GREY,
        SCRATCHES,
        LINES,
        FOLDS,
        CRACKS,
        STAINS,
        DUST,
        NOISE,
        GRAIN,
        FADE,
        FADED_GREY,
        BLUR,
        JPEG,
        HONEYCOMB,
        LINEN,
        SCREEN,
        ALL;

        /**
         * What photos are before they age. Some kinds are of grey photos; stains are, since they are looked for on photos of one
         * tone only, and a brown one is faded and would be brought back, too.
         */
        Picture before(Picture photo) {
            if (this != STAINS && this != GREY && this != FADED_GREY) {
                return photo;
            }
            try (photo;
                    OldPhoto toned = OldPhoto.of(photo, SEED).grey()) {
                return toned.picture();
            }
        }

        OldPhoto age(OldPhoto photo) {
            return switch (this) {
                case NOTHING, GREY -> photo;
                case SCRATCHES -> photo.scratches(10);
                case LINES -> photo.lines(3);
                case FOLDS -> photo.folds();
                case CRACKS -> photo.cracks();
                case STAINS -> photo.stains();
                case DUST -> photo.dust(80);
                case NOISE -> photo.grain(9);
                case GRAIN -> photo.greyGrain(9);
                case FADE -> photo.faded(BLACK, WHITE);
                case FADED_GREY -> photo.faded(GREY_BLACK, GREY_WHITE);
                case BLUR -> photo.blurred(1.2);
                case JPEG -> photo.jpeg(30);
                case HONEYCOMB -> photo.honeycomb(10, 0.08);
                case LINEN -> photo.linen(7, 0.08);
                case SCREEN -> photo.screen(5, 45);
                case ALL ->
                    photo.faded(BLACK, WHITE).grain(6).scratches(8).dust(40).jpeg(85);
            };
        }
    }

    private final EmbeddedEngine engine = EmbeddedEngine.load();
    private final Enlarging enlarging = Enlarging.load();
    private final DamageDetector detector = EmbeddedEngine.detector();
    private final FaceFinder faces = new FaceFinder();

    @Test
    void every_kind_of_damage() {
        say(
                "%-10s %-13s %7s %7s %7s   %6s %6s   %6s %6s   %6s %6s",
                "kind", "photo", "before", "after", "gain", "SSIM", "after", "GMSD", "after", "recall", "precision");
        for (Kind kind : Kind.values()) {
            double gains = 0;
            for (String name : Halved.PHOTOS) {
                gains += bench(kind, name);
            }
            say("%-10s %-13s %23.2f", kind, "mean gain", gains / Halved.PHOTOS.size());
        }
    }

    /** Photos at half their width and height, enlarged again: by two filters, by the network, and by the whole engine. */
    @Test
    void halved_photos() {
        say(
                "%-10s %-13s %7s %7s %7s %7s %7s   %6s %6s %6s   %6s",
                "halved by", "photo", "bicubic", "Lanczos", "ours", "gain", "engine", "SSIM", "ours", "engine", "ms");
        for (Halved.How how : Halved.How.values()) {
            double gains = 0;
            double gainsOfEngine = 0;
            for (String name : Halved.PHOTOS) {
                try (Halved halved = Halved.of(name, how);
                        Picture bicubic = halved.enlarged(INTER_CUBIC);
                        Picture lanczos = halved.enlarged(INTER_LANCZOS4)) {
                    Mat clean = halved.clean().mat();
                    long began = System.nanoTime();
                    Picture ours = enlarging.twice(halved.small(), Progress.unheard(), new Stop());
                    double milliseconds = (System.nanoTime() - began) / 1e6;
                    Picture whole = engine.run(whole(halved), Progress.unheard(), new Stop())
                            .picture();
                    double was = Likeness.psnr(clean, bicubic.mat());
                    double is = Likeness.psnr(clean, ours.mat());
                    double all = Likeness.psnr(clean, whole.mat());
                    say(
                            "%-10s %-13s %7.2f %7.2f %7.2f %7.2f %7.2f   %6.3f %6.3f %6.3f   %6.0f",
                            how,
                            name,
                            was,
                            Likeness.psnr(clean, lanczos.mat()),
                            is,
                            is - was,
                            all,
                            Likeness.ssim(clean, bicubic.mat()),
                            Likeness.ssim(clean, ours.mat()),
                            Likeness.ssim(clean, whole.mat()),
                            milliseconds);
                    gains += is - was;
                    gainsOfEngine += all - was;
                    show(name + "-" + how + "-clean", halved.clean());
                    show(name + "-" + how + "-bicubic", bicubic);
                    show(name + "-" + how + "-ours", ours);
                    show(name + "-" + how + "-engine", whole);
                    ours.close();
                    whole.close();
                }
            }
            int count = Halved.PHOTOS.size();
            say("%-10s %-13s %31.2f %7.2f", how, "mean gain", gains / count, gainsOfEngine / count);
        }
    }

    private static EngineRequest whole(Halved halved) {
        EngineRequest.Canvas canvas = new EngineRequest.Canvas(halved.small(), PictureSize.of(halved.clean()));
        return new EngineRequest(canvas, true, false, List.of(), 0.7, Attempts.NONE);
    }

    private static void show(String name, Picture picture) {
        String folder = System.getenv("BENCH_PICTURES");
        if (folder != null) {
            imwrite(folder + "/" + name + ".png", picture.mat());
        }
    }

    private double bench(Kind kind, String name) {
        try (Picture clean = kind.before(TestPhotos.picture(name));
                OldPhoto old = kind.age(OldPhoto.of(clean, SEED));
                Picture before = old.picture();
                Picture after = engine.run(
                                new EngineRequest(before, true, false, List.of(), 0.7, Attempts.NONE),
                                Progress.unheard(),
                                new Stop())
                        .picture()) {
            double was = Likeness.psnr(clean.mat(), before.mat());
            double is = Likeness.psnr(clean.mat(), after.mat());
            say(
                    "%-10s %-13s %7.2f %7.2f %7.2f   %6.3f %6.3f   %6.3f %6.3f   %s",
                    kind,
                    name,
                    was,
                    is,
                    is - was,
                    Likeness.ssim(clean.mat(), before.mat()),
                    Likeness.ssim(clean.mat(), after.mat()),
                    Likeness.edges(clean.mat(), before.mat()),
                    Likeness.edges(clean.mat(), after.mat()),
                    found(old, before));
            show(name + "-" + kind + "-before", before);
            show(name + "-" + kind + "-after", after);
            return is - was;
        }
    }

    /** Recall and precision where damage was drawn, else the share of the picture that was wrongly marked. */
    private String found(OldPhoto old, Picture before) {
        try (Mat luminance = Luminance.of(before.mat());
                Mat mask = detector.find(luminance, faces.find(before, new Stop()), Noise.of(luminance), new Stop());
                Mat right = new Mat()) {
            bitwise_and(mask, old.damage(), right);
            int damaged = countNonZero(old.damage());
            if (damaged == 0) {
                return String.format(Locale.ROOT, "%.3f %% marked", 100.0 * countNonZero(mask) / mask.total());
            }
            return String.format(
                    Locale.ROOT,
                    "%6.2f %6.2f",
                    (double) countNonZero(right) / damaged,
                    (double) countNonZero(right) / Math.max(1, countNonZero(mask)));
        }
    }

    @FormatMethod
    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
