package dev.rekindle.processing.photo;

import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Reduces the picture to the largest size that later work needs. */
final class ReduceStep implements Step<PhotoWork> {
    private final int sideMax;

    ReduceStep(int sideMax) {
        this.sideMax = sideMax;
    }

    @Override
    public String name() {
        return "reduce";
    }

    @Override
    public double weight() {
        return 2;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        if (work.picture().longerSide() > sideMax) {
            work.setPicture(work.picture().fittingIn(PictureSize.square(sideMax)));
        }
    }
}
