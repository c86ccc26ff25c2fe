package dev.rekindle.processing.photo;

import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.processing.picture.Perspective;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Cuts the photo out where the user set its corners, else where it surely lies, else not at all. */
final class PerspectiveStep implements Step<PhotoWork> {
    @Override
    public String name() {
        return "correct_perspective";
    }

    @Override
    public double weight() {
        return 3;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        PreparationSpec spec = work.order().getSpec().getPreparation();
        var corrected = spec.hasCorners()
                ? Perspective.at(spec.getCorners(), work.picture())
                : Perspective.found(work.picture(), stop);
        corrected.ifPresent(photo -> {
            work.setPicture(photo.picture());
            work.setCorners(photo.corners());
            work.report(
                    spec.hasCorners()
                            ? "Cut the photo out at the corners you set."
                            : "Found the photo on its ground and cut it out.");
        });
    }
}
