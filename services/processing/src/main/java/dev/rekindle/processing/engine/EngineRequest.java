package dev.rekindle.processing.engine;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import java.util.List;

/**
 * What an engine is asked for.
 *
 * @param strength 0 to 1: how strongly to restore
 * @param attempt what is done for, and where it tells what it cost
 */
public record EngineRequest(
        Canvas canvas, boolean restore, boolean colourize, List<ColourHint> hints, double strength, Attempt attempt) {
    private static final double STRENGTH_USUAL = 0.7;

    /**
     * What is worked on.
     *
     * @param picture already of the size the result is to have at the least; it stays the caller's
     * @param sizeMax what the result must fit into; an engine that enlarges may use it
     */
    public record Canvas(Picture picture, PictureSize sizeMax) {}

    public EngineRequest {
        hints = List.copyOf(hints);
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength is " + strength + "; expected 0 to 1.");
        }
    }

    /** A request for a result of the picture's own size. */
    public EngineRequest(
            Picture picture,
            boolean restore,
            boolean colourize,
            List<ColourHint> hints,
            double strength,
            Attempt attempt) {
        this(new Canvas(picture, PictureSize.of(picture)), restore, colourize, hints, strength, attempt);
    }

    /** The request of a job's specification. */
    public static EngineRequest of(RestorationSpec spec, Picture picture, PictureSize sizeMax, Attempt attempt) {
        return new EngineRequest(
                new Canvas(picture, sizeMax),
                spec.getRestore(),
                spec.getColourize(),
                spec.getHintsList(),
                spec.hasStrength() ? spec.getStrength() : STRENGTH_USUAL,
                attempt);
    }

    public Picture picture() {
        return canvas.picture();
    }

    /** The size of the picture. */
    public PictureSize size() {
        return PictureSize.of(picture());
    }

    public PictureSize sizeMax() {
        return canvas.sizeMax();
    }

    /** The same for another picture. */
    public EngineRequest of(Picture other) {
        return new EngineRequest(new Canvas(other, canvas.sizeMax()), restore, colourize, hints, strength, attempt);
    }

    /** The same with a result no larger than the picture. */
    public EngineRequest atItsSize() {
        Canvas own = new Canvas(picture(), size());
        return new EngineRequest(own, restore, colourize, hints, strength, attempt);
    }

    /** The part of it that restores. */
    public EngineRequest restoringOnly() {
        return new EngineRequest(canvas, true, false, hints, strength, attempt);
    }

    /** The part of it that colourizes. */
    public EngineRequest colourizingOnly() {
        return new EngineRequest(canvas, false, true, hints, strength, attempt);
    }

    /** What the request is called in prices. */
    public JobType jobType() {
        if (restore && colourize) {
            return JobType.JOB_TYPE_COMBINED;
        }
        return restore ? JobType.JOB_TYPE_RESTORATION : JobType.JOB_TYPE_COLOURIZATION;
    }
}
