package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.countNonZero;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The engine that needs nothing but this program: takes stains away, mends scratches and dust, takes noise away, undoes fading, tints, lets a
 * camera come nearer, and lays out pages of an album.
 * Every step measures first and does nothing to a photo that does not need it.
 */
public final class EmbeddedEngine implements Engine {
    private static final double LOCAL_CONTRAST = 0.35;
    private static final double SHARPENING = 0.5;
    private static final double KEPT_IN_FACES = 0.5;
    /** Corners are looked at where so much of a photo was damaged otherwise: blown-out skies look like torn paper. */
    private static final double TORN_IF_MENDED = 0.01;

    /** From this strength on what lies over a photo, stains and the pattern of its paper, goes whole; nobody wants a trace of it. */
    private static final double WHOLE_FROM = 0.5;

    /** The shares mended between which a photo is surely old, so that black that is lifted a little has faded; any photo has dust. */
    private static final double OLD_IF_MENDED_FROM = 0.01;

    private static final double OLD_IF_MENDED_FULLY = 0.02;
    /** From this strength on what may have faded counts as faded, at 1 in full. */
    private static final double BOLD_FROM = 0.85;

    private static final String NAME = "embedded";
    private static final Map<JobType, String> PROMISES = Map.of(
            JobType.JOB_TYPE_RESTORATION,
            "Mends scratches, cracks and dust, takes away stains on photos of one tone, noise and the patterns of paper and print,"
                    + " brings back faded contrast and colour, and enlarges small photos up to twice their width.",
            JobType.JOB_TYPE_COLOURIZATION,
            "Tints gently by hand-painters' rules: warm tones, skin where a face is sure, and the colours you mark.",
            JobType.JOB_TYPE_COMBINED,
            "Restores first, then tints gently; the colours you mark are followed.",
            JobType.JOB_TYPE_ANIMATION,
            "A camera comes slowly nearer, and what is near moves a little more; nobody in the photo moves by himself.",
            JobType.JOB_TYPE_COMPOSITION,
            "Lays your photos out on one page of an album, their tones brought nearer; it makes no new scene of them.");

    private final DamageDetector damage;
    private final FaceFinder faces;
    private final Enlarging enlarging;

    private EmbeddedEngine(DamageDetector damage, FaceFinder faces, Enlarging enlarging) {
        this.damage = damage;
        this.faces = faces;
        this.enlarging = enlarging;
    }

    /** The engine with its own detector of damage. Loads OpenCV and its cascades. */
    public static EmbeddedEngine load() {
        return new EmbeddedEngine(detector(), new FaceFinder(), Enlarging.load());
    }

    /** The same engine with another detector of damage. */
    public EmbeddedEngine withDamage(DamageDetector other) {
        return new EmbeddedEngine(other, faces, enlarging);
    }

    /** The damage of a picture: 255 where there is some, 0 elsewhere. The caller closes it. */
    public Mat damage(Picture picture, Stop stop) {
        try (Mat luminance = Luminance.of(picture.mat())) {
            return damage.find(luminance, faces.find(picture, stop), Noise.of(luminance), stop);
        }
    }

    /** Mends damage in place and does nothing else; answers whether there was any. */
    public boolean mend(Picture picture, Progress progress, Stop stop) {
        try (Mat mask = damage(picture, stop)) {
            boolean found = countNonZero(mask) > 0;
            if (found) {
                Mending.apply(picture.mat(), mask, progress, stop);
            }
            return found;
        }
    }

    /** Lays the colours that the owner marked over those another engine gave a picture, in place; answers what was done, in words. */
    public static String layMarked(Picture picture, List<ColourHint> hints, Progress progress, Stop stop) {
        Tinting.layOver(picture, hints, progress, stop);
        return Tinting.told(hints);
    }

    static DamageDetector detector() {
        return new LearnedDamage(DamageNetwork.load());
    }

    /** What the contract says of it; needs nothing loaded. */
    public static dev.rekindle.processing.v1.Engine described() {
        dev.rekindle.processing.v1.Engine.Builder engine =
                dev.rekindle.processing.v1.Engine.newBuilder().setName(NAME).setState(EngineState.ENGINE_STATE_READY);
        PROMISES.forEach((type, promise) -> engine.addJobTypes(type).putPromises(type.name(), promise));
        return engine.build();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public EngineState state() {
        return EngineState.ENGINE_STATE_READY;
    }

    @Override
    public Set<JobType> jobTypes() {
        return PROMISES.keySet();
    }

    @Override
    public Map<JobType, String> promises() {
        return PROMISES;
    }

    @Override
    public int enlargement() {
        return Enlarging.TWICE;
    }

    @Override
    public EngineResult run(EngineRequest request, Progress progress, Stop stop) {
        Picture result = request.picture().copy();
        List<String> report = new ArrayList<>();
        try {
            List<Face> found = faces.find(result, stop);
            progress.at(0.05);
            double made = isEnlarged(request) ? 0.8 : 1;
            double restored = request.restore() ? (request.colourize() ? 0.7 * made : made) : 0.05;
            boolean changed = false;
            if (request.restore()) {
                changed = restore(result, found, request, report, progress.part(0.05, restored), stop);
            }
            if (request.colourize()) {
                // A tint may be as faint as coding, and a photo that has its colours keeps them: neither is a result
                // gone wrong.
                report.addAll(Tinting.apply(result, found, request.hints(), progress.part(restored, made), stop));
            }
            result = enlarged(request.of(result), report, progress.part(made, 1), stop);
            progress.at(1);
            return new EngineResult(result, report, changed);
        } catch (RuntimeException e) {
            result.close();
            throw e;
        }
    }

    /** Whether what is made for a request is enlarged: where something is restored, and there is room for more. */
    private static boolean isEnlarged(EngineRequest request) {
        return request.restore() && request.strength() > 0 && Enlarging.isWorthIt(request.size(), request.sizeMax());
    }

    /** Enlarges the picture of a request that is done but for that, and closes it; where it is not to be enlarged, gives it back. */
    public Picture enlarged(EngineRequest request, List<String> report, Progress progress, Stop stop) {
        if (!isEnlarged(request)) {
            return request.picture();
        }
        boolean isAll = Enlarging.leavesRoom(request.size(), request.sizeMax());
        Picture large = Enlarging.replacing(
                request.picture(), request.sizeMax(), picture -> enlarging.twice(picture, progress, stop));
        report.add("Enlarged the picture to " + PictureSize.of(large) + " pixels"
                + (isAll ? ", twice its width and height, and no further." : "."));
        return large;
    }

    @Override
    public AnimationResult animate(AnimationRequest request, Progress progress, Stop stop) {
        List<Face> people =
                faces.find(request.picture(), stop).stream().filter(Face::sure).toList();
        Path file = request.attempt().files().apply("frames.mjpeg");
        ComingNearer.to(request, people).write(request.picture(), request.frames(), file, progress.part(0.02, 1), stop);
        List<String> report = new ArrayList<>();
        report.add("Set the photo in motion without a model: a camera comes slowly nearer, nothing is made up.");
        report.add(
                people.isEmpty()
                        ? "Found no face to follow; what lies lower moves a little more than what lies higher."
                        : "People move a little more than what is behind them; faces found: " + people.size() + ".");
        leaveWords(request.words(), report);
        return new AnimationResult(file, AnimationResult.Form.FRAMES, report);
    }

    @Override
    public EngineResult compose(CompositionRequest request, Progress progress, Stop stop) {
        List<String> report = new ArrayList<>();
        report.add("Laid " + request.pictures().size()
                + " photos out on one page, whole and in your order; no model brought them into one scene.");
        report.add("Brought their brightness and contrast nearer to each other.");
        leaveWords(request.words(), report);
        return new EngineResult(AlbumPage.of(request, progress, stop), report, true);
    }

    private static void leaveWords(String words, List<String> report) {
        if (!words.isEmpty()) {
            report.add("The built-in engine does not follow words; yours were left aside.");
        }
    }

    private boolean restore(
            Picture picture,
            List<Face> found,
            EngineRequest request,
            List<String> report,
            Progress progress,
            Stop stop) {
        Mat bgr = picture.mat();
        double strength = request.strength();
        if (strength == 0) {
            report.add("Left the picture as it is, as a strength of 0 asks; it was not looked over for damage.");
            progress.at(1);
            return false;
        }
        double noise;
        Mended mended;
        JpegBlocks blocks;
        double overlaid = Math.min(1, strength / WHOLE_FROM);
        boolean patterned = PeriodicPattern.takeAway(bgr, overlaid, report, progress.part(0, 0.04), stop);
        Measured measured = Measured.in(picture, stop);
        boolean stained = takeStainsAway(picture, measured, overlaid, report, stop);
        try (Mat luminance = Luminance.of(bgr)) {
            noise = Noise.of(luminance);
            blocks = JpegBlocks.of(luminance);
            progress.at(0.05);
            try (Mat mask = measured.damage(damage, luminance, found, noise, stop)) {
                mended = mend(bgr, mask, measured, found, progress.part(0.15, 0.3), stop);
            }
        }
        Toning toning = measured.of(picture, Toning::of);
        mended.report(measured.isPart() ? "print" : "picture", report);
        if (blocks.visible()) {
            blocks.smooth(bgr, progress.part(0.3, 0.4), stop);
            report.add("Smoothed the blocks of strong compression.");
        }
        if (noise >= Denoising.NOISE_MIN) {
            try (Mat noisy = bgr.clone()) {
                Denoising.apply(bgr, toning, noise, strength, progress.part(0.4, 0.8), stop);
                FaceCare.keep(noisy, bgr, found, KEPT_IN_FACES);
            }
            report.add(String.format(Locale.ROOT, "Took away noise of %.1f levels.", noise));
        } else {
            report.add("Left the fine grain as it is.");
        }
        boolean isOld = patterned || stained || toning == Toning.TONED;
        double age = Math.max(
                isOld ? 1 : Ramp.of(mended.share, OLD_IF_MENDED_FROM, OLD_IF_MENDED_FULLY),
                Ramp.of(strength, BOLD_FROM, 1));
        report.add(undoFading(picture, measured, toning, age, strength, stop));
        progress.at(0.9);
        report.add(
                sharpen(bgr, found, strength, Math.min(3, noise / 2) + blocks.step(), stop)
                        ? "Sharpened soft edges a little."
                        : "Left the edges as sharp as they are.");
        progress.at(1);
        // What is faint of a pattern or taken away in part only may lie within what coding changes.
        return (stained && overlaid == 1) || mended.share > 0;
    }

    /** Gives faded contrast back, and says what was done. */
    private static String undoFading(
            Picture picture, Measured measured, Toning toning, double age, double strength, Stop stop) {
        Fading fading = measured.of(picture, part -> Fading.of(part, toning));
        double amount = fading.amount(age);
        if (amount == 0) {
            return fading.isLikely()
                    ? "Left contrast and colours as they are; at full strength they would be brought back a little."
                    : "Left contrast and colours as they are.";
        }
        fading.undo(picture.mat(), toning, amount * Math.min(1, 0.5 + 0.6 * strength), stop);
        Clarity.contrast(picture.mat(), LOCAL_CONTRAST * amount * strength, stop);
        return toning == Toning.COLOUR
                ? "Brought back faded contrast and evened the colours."
                : "Brought back faded contrast; the tone stays as it was.";
    }

    /** First of all: what a stain does to brightness looks like damage, and its colour hides that a photo has one tone. */
    private static boolean takeStainsAway(
            Picture picture, Measured measured, double share, List<String> report, Stop stop) {
        Stains stains = measured.of(picture, Stains::in);
        if (stains.share() == 0) {
            return false;
        }
        measured.change(picture.mat(), part -> stains.takeAway(part, share, Progress.unheard(), stop));
        report.add(String.format(
                Locale.ROOT,
                "Took yellow and brown stains away from %.2g %% of the %s.",
                100 * stains.share(),
                measured.isPart() ? "print" : "picture"));
        return true;
    }

    /**
     * What was mended.
     *
     * @param share of the picture, or of the print in it, that was damaged
     * @param corners that were missing
     */
    private record Mended(double share, int corners) {
        void report(String whole, List<String> report) {
            report.add(
                    share > 0
                            ? String.format(
                                    Locale.ROOT, "Mended scratches and dust on %.2g %% of the %s.", 100 * share, whole)
                            : "Found no scratches or dust to mend.");
            if (corners > 0) {
                report.add("Filled " + (corners == 1 ? "a missing corner" : corners + " missing corners")
                        + " softly from what lies around; what was there nobody knows.");
            }
        }
    }

    private static Mended mend(Mat bgr, Mat mask, Measured measured, List<Face> faces, Progress progress, Stop stop) {
        double share = measured.share(mask);
        if (share > 0) {
            Mending.apply(bgr, mask, progress, stop);
        }
        // In a photo that lies on a table, the picture's corners are the table's.
        boolean mayBeTorn = share >= TORN_IF_MENDED && !measured.isPart();
        return new Mended(share, mayBeTorn ? MissingCorners.fill(bgr, mask, faces, stop) : 0);
    }

    private static boolean sharpen(Mat bgr, List<Face> found, double strength, double noise, Stop stop) {
        double softness;
        try (Mat luminance = Luminance.of(bgr)) {
            softness = Softness.of(luminance, stop);
        }
        double amount = SHARPENING * strength * softness;
        if (amount > 0) {
            try (Mat soft = bgr.clone()) {
                Clarity.sharpen(bgr, amount, noise, stop);
                FaceCare.keep(soft, bgr, found, KEPT_IN_FACES);
            }
        }
        return amount > 0;
    }
}
