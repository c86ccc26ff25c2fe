package dev.rekindle.media;

import dev.rekindle.jobs.v1.AnimationSpec;

/** How long the clip of an animation lasts. Jobs asks before it charges, a worker for what it is to make. */
public final class ClipLength {
    /** Of an animation that does not say. */
    public static final double SECONDS_USUAL = 5;

    private ClipLength() {}

    /** In seconds; the contract bounds what can be asked for. */
    public static double seconds(AnimationSpec animation) {
        return animation.hasDuration() ? VideoOutputs.seconds(animation.getDuration()) : SECONDS_USUAL;
    }
}
