package dev.rekindle.jobs;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.common.v1.TierLimits;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.media.ClipLength;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.rpc.Failure;
import java.util.Locale;

/**
 * What a job would be for its user: the wish, cut down to what the tier allows.
 *
 * @param cost credits
 */
record JobTerms(
        JobType type, int cost, Tier tier, String lane, Priority priority, Resolution resolution, boolean watermark) {

    static JobTerms of(
            Peers.Terms terms, Offers offers, JobSpec spec, Priority wishedPriority, Resolution wishedResolution) {
        if (spec.hasPreparation()) {
            throw Failure.invalid("spec.preparation", "is made by the server when a photo is uploaded");
        }
        offers.require(spec);
        requireLength(terms.limits(), spec);
        JobType type = JobTypes.typeOf(spec);
        Priority priority = wishedPriority == Priority.PRIORITY_UNSPECIFIED ? Priority.PRIORITY_NORMAL : wishedPriority;
        int priorityMax = terms.limits().getPriorityMax();
        if (priority.getNumber() > priorityMax) {
            throw Failure.of(
                    Reason.REASON_TIER_LIMIT,
                    "Your tier allows priorities up to " + priorityMax + "; " + priority.getNumber() + " was asked.");
        }
        Resolution max = terms.limits().getResolutionMax();
        Resolution resolution =
                wishedResolution == Resolution.RESOLUTION_UNSPECIFIED || wishedResolution.getNumber() > max.getNumber()
                        ? max
                        : wishedResolution;
        return new JobTerms(
                type,
                terms.price(type),
                terms.limits().getTier(),
                JobTypes.laneOf(terms.limits().getTier()),
                priority,
                resolution,
                terms.limits().getWatermark());
    }

    /** A clip is a video, and may last no longer than one. */
    private static void requireLength(TierLimits limits, JobSpec spec) {
        double max = VideoOutputs.seconds(limits.getVideoDurationMax());
        if (spec.hasAnimation() && limits.hasVideoDurationMax() && ClipLength.seconds(spec.getAnimation()) > max) {
            throw Failure.of(
                    Reason.REASON_TIER_LIMIT,
                    String.format(
                            Locale.ROOT,
                            "Your tier allows videos of %.1f s; %.1f s were asked.",
                            max,
                            ClipLength.seconds(spec.getAnimation())));
        }
    }
}
