package dev.rekindle.processing.photo;

import dev.rekindle.processing.picture.Enhancement;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Lifts pictures that use little of the range. */
final class EnhanceStep implements Step<PhotoWork> {
    @Override
    public String name() {
        return "enhance";
    }

    @Override
    public double weight() {
        return 1;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        if (Enhancement.apply(work.picture())) {
            work.report("Lifted the contrast a little.");
        }
    }
}
