package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.media.ImageOutputRules;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failure;

/**
 * The work this server takes. What is only there where its operator switched it on is named here; all else is always taken.
 *
 * @param animation whether photos are set in motion
 * @param composition whether several photos are brought together in one picture
 */
record Offers(boolean animation, boolean composition) {

    static Offers from(Settings settings) {
        return new Offers(settings.flag("animation.enabled", false), settings.flag("composition.enabled", false));
    }

    /**
     * Refuses, before anything is charged, work that this server does not take, pictures and videos that could not be
     * written, and colours that nothing would be done with.
     *
     * @throws Failure UNIMPLEMENTED, naming what was asked for, or INVALID_REQUEST naming the field
     */
    void require(JobSpec spec) {
        switch (spec.getWorkCase()) {
            case VIDEO -> {
                var ignored = VideoOutputs.of(spec.getVideo());
            }
            case IMAGE -> {
                var ignored = ImageOutputRules.of(spec.getImage());
            }
            case ANIMATION -> require(animation, "This server does not animate photos.");
            case COMPOSITION -> require(composition, "This server does not compose photos.");
            case RESTORATION -> requireUse(spec.getRestoration());
            case PREPARATION, WORK_NOT_SET -> {
                // These are always taken, or refused for what they are.
            }
        }
    }

    /** Colours that nobody would look at are a mistake of whoever sends them. */
    private static void requireUse(RestorationSpec restoration) {
        if (restoration.getHintsCount() > 0 && !restoration.getColourize()) {
            throw Failure.invalid(
                    "spec.restoration.hints",
                    "has " + restoration.getHintsCount()
                            + " colours, which only colourize follows; expected colourize, or no hints");
        }
    }

    private static void require(boolean offered, String otherwise) {
        if (!offered) {
            throw Failure.of(Reason.REASON_UNIMPLEMENTED, otherwise);
        }
    }
}
