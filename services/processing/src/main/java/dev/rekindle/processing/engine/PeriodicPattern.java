package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REFLECT_101;
import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;
import static org.bytedeco.opencv.global.opencv_core.extractChannel;
import static org.bytedeco.opencv.global.opencv_core.insertChannel;
import static org.bytedeco.opencv.global.opencv_core.scaleAdd;

import dev.rekindle.processing.engine.PatternPeaks.Peak;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * The lattice that all of a photo carries: the embossing of its paper, or the dots it was printed in.
 *
 * @param waves of which the lattice is made, and multiples of them; empty where there is none
 * @param period of the slowest, in pixels
 * @param levels by which the strongest goes up and down in an ordinary part of the photo
 */
record PeriodicPattern(List<Peak> waves, double period, double levels) {
    private static final int SIDE = PatternPeaks.SIDE;
    private static final int STEP = SIDE / 4;
    /** Two waves are two ways of a lattice if they go so far apart (the sine of 30 degrees). */
    private static final double ACROSS_MIN = 0.5;

    /** Embossing is fainter than this, dots of a printing screen are stronger. */
    private static final double PRINTED_LEVELS = 20;

    /** Fainter than this nobody sees it. */
    private static final double LEVELS_MIN = 1;

    private static final int MULTIPLES = 3;
    private static final double MULTIPLE_ABOVE = 0.3;
    private static final PeriodicPattern NONE = new PeriodicPattern(List.of(), 0, 0);

    boolean visible() {
        return !waves.isEmpty();
    }

    /** True for the dots of a printing screen, false for embossed paper. */
    boolean printed() {
        return levels >= PRINTED_LEVELS;
    }

    /**
     * Takes the pattern of a picture away in place, where it has one, and says so.
     *
     * @param share how much of it, from 0 to 1
     * @return whether it had one
     */
    static boolean takeAway(Mat bgr, double share, List<String> report, Progress progress, Stop stop) {
        PeriodicPattern pattern;
        try (Mat luminance = Luminance.of(bgr)) {
            pattern = of(luminance, stop);
        }
        if (!pattern.visible() || pattern.levels * share < LEVELS_MIN) {
            return false;
        }
        boolean printed = pattern.remove(bgr, Toning.of(bgr) == Toning.COLOUR, share, progress, stop);
        String what = printed ? "dots of a printing screen" : "pattern of the paper";
        report.add(String.format(Locale.ROOT, "Took away the %s (a period of %.1f pixels).", what, pattern.period));
        return true;
    }

    /** Looks for a lattice in one channel of a picture, or in its brightness. */
    static PeriodicPattern of(Mat channel, Stop stop) {
        return PatternPeaks.of(channel, stop).map(PeriodicPattern::of).orElse(NONE);
    }

    private static PeriodicPattern of(PatternPeaks spectrum) {
        List<Peak> peaks = spectrum.peaks();
        for (Peak second : peaks) {
            Peak first = peaks.getFirst();
            if (first.across(second) >= ACROSS_MIN) {
                double slowest = peaks.stream().mapToDouble(Peak::radius).min().orElseThrow();
                double levels = peaks.stream().mapToDouble(Peak::levels).max().orElseThrow();
                return levels < LEVELS_MIN
                        ? NONE
                        : new PeriodicPattern(waves(spectrum, peaks, first, second), SIDE / slowest, levels);
            }
        }
        return NONE;
    }

    /** The peaks, and what else of their lattice stands out: multiples, halves, and waves as long that go another way. */
    private static List<Peak> waves(PatternPeaks spectrum, List<Peak> peaks, Peak first, Peak second) {
        List<Peak> waves = new ArrayList<>(peaks);
        for (Peak peak : peaks) {
            addNear(spectrum, waves, peak.x() / 2.0, peak.y() / 2.0);
            for (int degrees = 60; degrees < 180; degrees += 30) {
                double cos = Math.cos(Math.toRadians(degrees));
                double sin = Math.sin(Math.toRadians(degrees));
                addNear(spectrum, waves, peak.x() * cos - peak.y() * sin, peak.x() * sin + peak.y() * cos);
            }
        }
        for (int i = -MULTIPLES; i <= MULTIPLES; i++) {
            for (int j = 0; j <= MULTIPLES; j++) {
                int x = i * first.x() + j * second.x();
                int y = i * first.y() + j * second.y();
                if (Math.max(Math.abs(x), Math.abs(y)) < SIDE) {
                    addNear(spectrum, waves, x, y);
                }
            }
        }
        return waves;
    }

    private static void addNear(PatternPeaks spectrum, List<Peak> waves, double x, double y) {
        Peak wave = spectrum.near(x, y);
        boolean fast = wave.radius() >= PatternPeaks.RADIUS_MIN;
        if (fast && wave.above() >= MULTIPLE_ABOVE && waves.stream().noneMatch(wave::isLike)) {
            waves.add(wave);
        }
    }

    /** Takes it away in place: of each channel where the photo has colours, else of the brightness. True if it was printed. */
    boolean remove(Mat bgr, boolean coloured, double share, Progress progress, Stop stop) {
        if (!coloured) {
            try (Mat before = Luminance.of(bgr);
                    Mat after = before.clone()) {
                remove(before, after, share, progress, stop);
                Luminance.replace(bgr, before, after, 1, stop);
            }
            return printed();
        }
        boolean printed = false;
        for (int channel = 0; channel < 3; channel++) {
            try (Mat before = new Mat();
                    Mat after = new Mat()) {
                extractChannel(bgr, before, channel);
                before.copyTo(after);
                // Each ink has its own angle, and brightness hardly shows the yellow one.
                PeriodicPattern found = of(before, stop);
                PeriodicPattern own = found.visible() ? found : this;
                own.remove(before, after, share, progress.part(channel / 3.0, (channel + 1) / 3.0), stop);
                insertChannel(after, bgr, channel);
                printed |= own.printed();
            }
        }
        return printed;
    }

    private void remove(Mat before, Mat after, double share, Progress progress, Stop stop) {
        int rows = before.rows();
        int width = (before.cols() + SIDE + STEP - 1) / STEP * STEP + SIDE;
        try (PatternNotches notches = new PatternNotches(this, STEP);
                Mat band = new Mat(SIDE, width, CV_32F, Scalar.all(0))) {
            for (int top = STEP - SIDE; top < rows; top += STEP) {
                stop.check();
                try (PointerScope _ = new PointerScope()) {
                    Mat padded = padded(before, top, width);
                    for (int left = 0; left + SIDE <= width; left += STEP) {
                        Rect place = new Rect(left, 0, SIDE, SIDE);
                        notches.add(new Mat(padded, place), new Mat(band, place));
                    }
                    if (top >= 0) {
                        subtract(before, band, share, after, top);
                    }
                    band.rowRange(STEP, SIDE).clone().copyTo(band.rowRange(0, SIDE - STEP));
                    band.rowRange(SIDE - STEP, SIDE).put(Scalar.all(0));
                }
                progress.at(Math.clamp((double) (top + STEP) / rows, 0, 1));
            }
        }
    }

    /** Takes the first rows of a band, which nothing is added to any more, away from the rows that begin there. */
    private static void subtract(Mat before, Mat band, double share, Mat after, int from) {
        int to = Math.min(before.rows(), from + STEP);
        Mat pattern = new Mat(band, new Rect(SIDE - STEP, 0, before.cols(), to - from));
        Mat own = new Mat();
        before.rowRange(from, to).convertTo(own, CV_32F);
        scaleAdd(pattern, -share, own, own);
        own.convertTo(after.rowRange(from, to), CV_8U);
    }

    /** Rows of a channel as floats, with a margin; beyond its borders it is mirrored. */
    private static Mat padded(Mat channel, int top, int width) {
        int from = Math.clamp(top, 0, channel.rows() - SIDE);
        int to = Math.min(channel.rows(), from + SIDE);
        Mat rows = new Mat();
        channel.rowRange(from, to).convertTo(rows, CV_32F);
        Mat padded = new Mat();
        int left = SIDE - STEP;
        Mat mirrored = new Mat();
        copyMakeBorder(
                rows,
                mirrored,
                Math.max(0, -top),
                Math.max(0, top - from),
                left,
                width - left - channel.cols(),
                BORDER_REFLECT_101);
        mirrored.rowRange(Math.max(0, top - from), Math.max(0, top - from) + SIDE)
                .copyTo(padded);
        return padded;
    }
}
