package dev.rekindle.processing.engine;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.EngineChoice;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.EngineState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The choice of an engine: the first in the order of preference that can do the job and is well. */
public final class EnginePolicy {
    private final List<Engine> engines;

    /** An engine, and why it. */
    public record Chosen(Engine engine, EngineChoice choice) {}

    /** Engines in the order of preference. */
    public EnginePolicy(List<Engine> engines) {
        if (engines.isEmpty()) {
            throw new IllegalArgumentException("There must be at least one engine.");
        }
        this.engines = List.copyOf(engines);
    }

    public List<Engine> engines() {
        return engines;
    }

    /** What the contract says of them now. */
    public List<dev.rekindle.processing.v1.Engine> described() {
        return engines.stream().map(Engine::describe).toList();
    }

    /** How many times as wide as its photo a result may be. */
    public int enlargement() {
        return engines.stream().mapToInt(Engine::enlargement).max().orElse(1);
    }

    /**
     * Chooses for one job.
     *
     * @param pixels of the picture
     * @throws Failure ENGINE_FAILED if no engine can do it now
     */
    public Chosen choose(JobType type, long pixels) {
        Engine unwell = null;
        Engine small = null;
        for (Engine engine : engines) {
            if (!engine.jobTypes().contains(type)) {
                continue;
            }
            if (pixels > engine.pixelsMax()) {
                small = small == null ? engine : small;
                continue;
            }
            switch (engine.state()) {
                case ENGINE_STATE_READY -> {
                    return chosen(engine, unwell, small);
                }
                case ENGINE_STATE_UNHEALTHY -> unwell = unwell == null ? engine : unwell;
                case ENGINE_STATE_ABSENT, ENGINE_STATE_REFUSED, ENGINE_STATE_UNSPECIFIED, UNRECOGNIZED -> {
                    // not on this mesh: nothing to explain
                }
            }
        }
        throw Failure.of(
                Reason.REASON_ENGINE_FAILED,
                unwell == null
                        ? "No engine on this server can do this kind of work."
                        : "The engine for this kind of work is not well at the moment. Please try again.");
    }

    private Chosen chosen(Engine engine, @Nullable Engine unwell, @Nullable Engine small) {
        boolean first = engines.stream()
                .filter(other -> other.state() != EngineState.ENGINE_STATE_ABSENT)
                .findFirst()
                .orElse(engine)
                .equals(engine);
        String reason;
        if (unwell != null) {
            reason = unwell.name() + " is not well at the moment";
        } else if (small != null) {
            reason = small.name() + " takes pictures of at most " + small.pixelsMax() + " pixels";
        } else {
            reason = first ? "the preferred engine" : "the preferred engine that can do this";
        }
        EngineChoice choice = EngineChoice.newBuilder()
                .setEngine(engine.name())
                .setReason(reason)
                .setFallback(unwell != null || small != null)
                .build();
        return new Chosen(engine, choice);
    }
}
