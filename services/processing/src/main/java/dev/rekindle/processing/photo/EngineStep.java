package dev.rekindle.processing.photo;

import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.engine.EnginePolicy;
import dev.rekindle.processing.engine.EngineRequest;
import dev.rekindle.processing.engine.EngineResult;
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
        EngineRequest request = EngineRequest.of(work.order().getSpec().getRestoration(), work.picture(), attempt);
        EnginePolicy.Chosen chosen = policy.choose(request.jobType());
        work.setEngine(chosen.choice());
        work.keepOriginal();
        EngineResult result = chosen.engine().run(request, progress, stop);
        work.setPicture(result.picture());
        work.setMended(result.changed());
        result.report().forEach(work::report);
    }
}
