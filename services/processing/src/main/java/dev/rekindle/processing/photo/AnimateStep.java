package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.jobs.v1.AnimationSpec;
import dev.rekindle.media.ClipLength;
import dev.rekindle.processing.engine.AnimationRequest;
import dev.rekindle.processing.engine.AnimationResult;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.engine.EnginePolicy;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Lets the engine that is chosen for the job set the photo in motion. */
final class AnimateStep implements Step<PhotoWork> {
    /** Clips are no larger; the memory that a job is given room for is reckoned by it. */
    private static final Resolution LARGEST = Resolution.RESOLUTION_1080P;

    private static final int SIDE_MIN = 16;

    private final EnginePolicy policy;

    AnimateStep(EnginePolicy policy) {
        this.policy = policy;
    }

    @Override
    public String name() {
        return "animate";
    }

    @Override
    public double weight() {
        return 60;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Attempt attempt = new Attempt(work.outputFolder(), work::file, work::addCost);
        AnimationSpec spec = work.order().getSpec().getAnimation();
        AnimationRequest request = new AnimationRequest(
                work.picture(), clipSize(work), ClipLength.seconds(spec), spec.getPrompt(), attempt);
        work.keepOriginal();
        AnimationResult result = policy.run(
                new EnginePolicy.Task(JobType.JOB_TYPE_ANIMATION, work.picture().pixels(), work::left),
                (chosen, part, until) -> {
                    work.setEngine(chosen.choice());
                    AnimationResult made = chosen.engine().animate(request, part, until);
                    chosen.triedBefore().forEach(work::report);
                    return made;
                },
                progress,
                stop);
        work.setMoving(result);
        result.report().forEach(work::report);
    }

    /** No clip of an order is larger than this resolution. */
    static Resolution resolution(PhotoWork work) {
        Resolution ordered = work.order().getResolution();
        boolean smaller = ordered != Resolution.RESOLUTION_UNSPECIFIED && ordered.getNumber() < LARGEST.getNumber();
        return smaller ? ordered : LARGEST;
    }

    /** The size of the clip: the photo's shape within the resolution, in even numbers. */
    static PictureSize clipSize(PhotoWork work) {
        var metadata = work.header().metadata();
        PictureSize photo = new PictureSize(metadata.getWidth(), metadata.getHeight());
        PictureSize size = photo.fittedInto(photo.boxOf(resolution(work)));
        return new PictureSize(even(size.width()), even(size.height()));
    }

    private static int even(int side) {
        return Math.max(SIDE_MIN, side / 2 * 2);
    }

    /** The longer side of the picture that a clip is made of, as far as the photo has it. */
    static int sideWanted(PhotoWork work) {
        PictureSize clip = clipSize(work);
        return (int) Math.ceil(AnimationRequest.NEAREST * Math.max(clip.width(), clip.height()));
    }
}
