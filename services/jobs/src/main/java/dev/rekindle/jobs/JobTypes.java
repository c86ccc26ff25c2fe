package dev.rekindle.jobs;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.jobs.v1.JobKind;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.LaneLimits;
import java.time.Duration;

/** What follows from a job's specification and its owner's tier: its type, the kind of worker, the lane. */
final class JobTypes {
    private static final int VIDEO_TIMES_LONGER = 12;
    private static final int ANIMATION_TIMES_LONGER = 4;

    private JobTypes() {}

    /** The type under which a job is priced and listed. */
    static JobType typeOf(JobSpec spec) {
        return switch (spec.getWorkCase()) {
            case RESTORATION -> {
                boolean restore = spec.getRestoration().getRestore();
                boolean colourize = spec.getRestoration().getColourize();
                if (!restore && !colourize) {
                    throw Failure.invalid("spec.restoration", "choose restore, colourize, or both");
                }
                yield restore && colourize
                        ? JobType.JOB_TYPE_COMBINED
                        : restore ? JobType.JOB_TYPE_RESTORATION : JobType.JOB_TYPE_COLOURIZATION;
            }
            case IMAGE -> JobType.JOB_TYPE_IMAGE;
            case VIDEO -> JobType.JOB_TYPE_VIDEO;
            case ANIMATION -> JobType.JOB_TYPE_ANIMATION;
            case COMPOSITION -> JobType.JOB_TYPE_COMPOSITION;
            case PREPARATION -> JobType.JOB_TYPE_PREPARATION;
            case WORK_NOT_SET -> throw Failure.invalid("spec", "say what is to be done");
        };
    }

    /** How long one attempt may take: a video takes minutes where a picture takes seconds. */
    static Duration attemptTimeout(JobKind kind, LaneLimits lane) {
        return kind == JobKind.JOB_KIND_VIDEO
                ? lane.attemptTimeout().multipliedBy(VIDEO_TIMES_LONGER)
                : lane.attemptTimeout();
    }

    /** The same by what is done: models that make clips take minutes too, though they are no work for a worker of videos. */
    static Duration attemptTimeout(JobType type, LaneLimits lane) {
        return type == JobType.JOB_TYPE_ANIMATION
                ? lane.attemptTimeout().multipliedBy(ANIMATION_TIMES_LONGER)
                : attemptTimeout(kindOf(type), lane);
    }

    /** The kind of worker a type needs. */
    static JobKind kindOf(JobType type) {
        return switch (type) {
            case JOB_TYPE_RESTORATION,
                    JOB_TYPE_COLOURIZATION,
                    JOB_TYPE_COMBINED,
                    JOB_TYPE_ANIMATION,
                    JOB_TYPE_COMPOSITION -> JobKind.JOB_KIND_AI;
            case JOB_TYPE_IMAGE, JOB_TYPE_PREPARATION -> JobKind.JOB_KIND_IMAGE;
            case JOB_TYPE_VIDEO -> JobKind.JOB_KIND_VIDEO;
            case JOB_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw Failure.invalid("spec", "say what is to be done");
        };
    }

    /** The lane of a tier. */
    static String laneOf(Tier tier) {
        return switch (tier) {
            case TIER_FOREVER -> "forever_tier";
            case TIER_REMEMBER, TIER_CHERISH -> "paid_priority";
            case TIER_FREE, TIER_UNSPECIFIED, UNRECOGNIZED -> "free_tier";
        };
    }

    /** The name of a type in the database and in events: "RESTORATION". */
    static String nameOf(JobType type) {
        return type.name().substring("JOB_TYPE_".length());
    }

    static JobType byName(String name) {
        return JobType.valueOf("JOB_TYPE_" + name);
    }

    /** The name of a kind in the queue: "ai", "image", "video". */
    static String nameOf(JobKind kind) {
        return kind.name().substring("JOB_KIND_".length()).toLowerCase(java.util.Locale.ROOT);
    }
}
