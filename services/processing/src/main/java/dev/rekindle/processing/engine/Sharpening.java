package dev.rekindle.processing.engine;

import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Stop;

/** Sharpening as image jobs ask for it: that of the restoration, without its care for noise. */
public final class Sharpening {
    private Sharpening() {}

    /** Sharpens in place; 1 is what a reduced picture usually wants, 2 is a lot. */
    public static void apply(Picture picture, double amount, Stop stop) {
        Clarity.sharpen(picture.mat(), amount, 0, stop);
    }
}
