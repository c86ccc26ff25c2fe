package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.meanStdDev;
import static org.bytedeco.opencv.global.opencv_core.multiply;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Photos on a page of an album: prints with a white rim and a soft shadow on warm paper, none of them cut. */
final class AlbumPage {
    /** Blue, green, red. */
    private static final double[] PAPER = {229, 238, 243};

    private static final double[] RIM = {252, 253, 254};
    private static final double SHADOW = 0.3;
    /** How far brightness and contrast of each go towards the mean of all. */
    private static final double NEARER = 0.5;

    private static final double GAIN_MIN = 0.8;
    private static final double GAIN_MAX = 1.25;

    private AlbumPage() {}

    /** The page. The caller closes it. */
    static Picture of(CompositionRequest request, Progress progress, Stop stop) {
        List<PictureSize> sizes =
                request.pictures().stream().map(PictureSize::of).toList();
        PictureSize box = CompositionRequest.boxOf(request.resolution(), new PictureSize(2, 1));
        PageLayout layout = PageLayout.of(sizes, box);
        Mat page = new Mat(layout.page().height(), layout.page().width(), CV_8UC3, colour(PAPER));
        List<Picture> prints = new ArrayList<>();
        try {
            shade(page, layout, stop);
            progress.at(0.3);
            for (int i = 0; i < sizes.size(); i++) {
                PageLayout.Spot spot = layout.photo(i);
                PictureSize size = new PictureSize(spot.width(), spot.height());
                Resizing whole = new Resizing(sizes.get(i).width(), sizes.get(i).height(), size);
                prints.add(request.pictures().get(i).resized(whole, 0, 0, Interpolation.INTERPOLATION_UNSPECIFIED));
                stop.check();
            }
            progress.at(0.6);
            bringNearer(prints, stop);
            for (int i = 0; i < prints.size(); i++) {
                lay(prints.get(i), layout.prints().get(i), layout.photo(i), page);
            }
            progress.at(1);
            return Picture.of(page);
        } catch (RuntimeException e) {
            page.close();
            throw e;
        } finally {
            prints.forEach(Picture::close);
        }
    }

    private static Scalar colour(double[] blueGreenRed) {
        return new Scalar(blueGreenRed[0], blueGreenRed[1], blueGreenRed[2], 0);
    }

    /** Darkens the paper where the prints lie and a little below them. */
    private static void shade(Mat page, PageLayout layout, Stop stop) {
        double soft = Math.max(1, 1.2 * layout.rim());
        try (PointerScope _ = new PointerScope()) {
            Mat covered = new Mat(page.rows(), page.cols(), CV_8UC1, Scalar.all(0));
            for (PageLayout.Spot print : layout.prints()) {
                int top = Math.min(page.rows() - 1, print.top() + layout.rim());
                int height = Math.min(print.height(), page.rows() - top);
                new Mat(covered, new Rect(print.left(), top, print.width(), height)).put(Scalar.all(255));
            }
            GaussianBlur(covered, covered, new Size(), soft);
            Strips.each(page, Progress.unheard(), stop, (from, to) -> {
                Mat light = new Mat();
                covered.rowRange(from, to).convertTo(light, CV_32F, -SHADOW / 255, 1);
                cvtColor(light, light, COLOR_GRAY2BGR);
                Mat paper = new Mat();
                page.rowRange(from, to).convertTo(paper, CV_32F);
                multiply(paper, light, paper);
                paper.convertTo(page.rowRange(from, to), CV_8U);
            });
        }
    }

    /** Moves brightness and contrast of each some of the way towards the mean of all; hues stay. */
    private static void bringNearer(List<Picture> prints, Stop stop) {
        List<double[]> tones = prints.stream().map(print -> tone(print.mat())).toList();
        double mean = tones.stream().mapToDouble(tone -> tone[0]).average().orElseThrow();
        double contrast = tones.stream().mapToDouble(tone -> tone[1]).average().orElseThrow();
        for (int i = 0; i < prints.size(); i++) {
            Mat bgr = prints.get(i).mat();
            double[] tone = tones.get(i);
            double wanted = tone[1] + NEARER * (contrast - tone[1]);
            double gain = Math.clamp(wanted / Math.max(1, tone[1]), GAIN_MIN, GAIN_MAX);
            double level = tone[0] + NEARER * (mean - tone[0]);
            try (Mat before = Luminance.of(bgr);
                    Mat after = new Mat()) {
                before.convertTo(after, CV_8U, gain, level - gain * tone[0]);
                Luminance.replace(bgr, before, after, 1, stop);
            }
        }
    }

    /** Mean and deviation of the brightness. */
    private static double[] tone(Mat bgr) {
        try (PointerScope _ = new PointerScope()) {
            Mat mean = new Mat();
            Mat deviation = new Mat();
            meanStdDev(Luminance.of(bgr), mean, deviation);
            return new double[] {
                mean.createIndexer().getDouble(0), deviation.createIndexer().getDouble(0)
            };
        }
    }

    private static void lay(Picture photo, PageLayout.Spot print, PageLayout.Spot inner, Mat page) {
        try (PointerScope _ = new PointerScope()) {
            new Mat(page, new Rect(print.left(), print.top(), print.width(), print.height())).put(colour(RIM));
            photo.mat().copyTo(new Mat(page, new Rect(inner.left(), inner.top(), inner.width(), inner.height())));
        }
    }
}
