package dev.rekindle.processing.photo;

import dev.rekindle.processing.picture.Watermark;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Marks the result where the order says so. */
final class WatermarkStep implements Step<PhotoWork> {
    @Override
    public String name() {
        return "watermark";
    }

    @Override
    public double weight() {
        return 1;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        if (work.order().getWatermark()) {
            Watermark.apply(work.picture());
        }
    }
}
