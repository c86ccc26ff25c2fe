package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.engine.EnginePolicy;
import dev.rekindle.processing.engine.EngineRequest;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Lets the engine that is chosen for the job restore or colourize. */
final class EngineStep implements Step<PhotoWork> {
    private final EnginePolicy policy;

    EngineStep(EnginePolicy policy) {
        this.policy = policy;
    }

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public double weight() {
        return 60;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Attempt attempt = new Attempt(work.outputFolder(), work::file, work::addCost);
        PictureSize before = PictureSize.of(work.picture());
        PictureSize sizeMax = PhotoPipelines.sizeMax(work, before);
        EngineRequest request =
                EngineRequest.of(work.order().getSpec().getRestoration(), work.picture(), sizeMax, attempt);
        work.keepOriginal();
        EngineResult result = policy.run(
                new EnginePolicy.Task(request.jobType(), before.pixels(), work::left),
                (chosen, part, until) -> {
                    work.setEngine(chosen.choice());
                    EngineResult made = required(chosen.engine().run(request, part, until), request);
                    chosen.triedBefore().forEach(work::report);
                    return made;
                },
                progress,
                stop);
        work.setPicture(result.picture());
        PictureSize after = PictureSize.of(result.picture());
        if (!after.equals(before)) {
            work.enlargeOriginal(after);
        }
        work.setMended(result.changed());
        result.report().forEach(work::report);
    }

    /** The result, unless it cannot be what was asked for: then it is refused while another engine may still be asked. */
    static EngineResult required(EngineResult result, EngineRequest request) {
        try {
            PictureSize before = request.size();
            PictureSize after = PictureSize.of(result.picture());
            if (after.equals(before)) {
                CheckResultStep.check(request.picture(), result.picture(), result.changed());
            } else if (!isEnlarged(before, after) || !after.equals(after.fittedInto(request.sizeMax()))) {
                throw Failure.of(
                        Reason.REASON_RESULT_REJECTED,
                        "The result is " + after + " pixels; expected " + before + " or the same enlarged to at most "
                                + request.sizeMax() + ".");
            } else {
                Resizing back = new Resizing(after.width(), after.height(), before);
                try (Picture small = result.picture().resized(back, 0, 0, Interpolation.INTERPOLATION_BICUBIC)) {
                    CheckResultStep.check(request.picture(), small, result.changed());
                }
            }
            return result;
        } catch (RuntimeException e) {
            result.picture().close();
            throw e;
        }
    }

    /** True if it is larger and, but for rounding, of the same shape. */
    private static boolean isEnlarged(PictureSize before, PictureSize after) {
        long skew = (long) after.width() * before.height() - (long) after.height() * before.width();
        return after.pixels() > before.pixels() && Math.abs(skew) <= Math.max(before.width(), before.height());
    }
}
