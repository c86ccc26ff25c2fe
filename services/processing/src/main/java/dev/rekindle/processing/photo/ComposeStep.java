package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.engine.CompositionRequest;
import dev.rekindle.processing.engine.EnginePolicy;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Lets the engine that is chosen for the job bring its photos together. */
final class ComposeStep implements Step<PhotoWork> {
    private final EnginePolicy policy;

    ComposeStep(EnginePolicy policy) {
        this.policy = policy;
    }

    @Override
    public String name() {
        return "compose";
    }

    @Override
    public double weight() {
        return 60;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Attempt attempt = new Attempt(work.outputFolder(), work::file, work::addCost);
        CompositionRequest request = new CompositionRequest(
                work.gathered(),
                work.order().getResolution(),
                work.order().getSpec().getComposition().getPrompt(),
                attempt);
        long pixels =
                request.pictures().stream().mapToLong(Picture::pixels).max().orElseThrow();
        EngineResult result = policy.run(
                new EnginePolicy.Task(JobType.JOB_TYPE_COMPOSITION, pixels, work::left),
                (chosen, part, until) -> {
                    work.setEngine(chosen.choice());
                    EngineResult made = chosen.engine().compose(request, part, until);
                    chosen.triedBefore().forEach(work::report);
                    return made;
                },
                progress,
                stop);
        work.setPicture(result.picture());
        PictureSize size = PictureSize.of(result.picture());
        PictureSize box = CompositionRequest.boxOf(request.resolution(), size);
        if (!size.equals(size.fittedInto(box))) {
            work.setPicture(result.picture().fittingIn(box));
        }
        result.report().forEach(work::report);
    }
}
