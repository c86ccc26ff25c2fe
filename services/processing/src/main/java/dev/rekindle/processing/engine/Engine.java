package dev.rekindle.processing.engine;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import java.util.Map;
import java.util.Set;

/** Something that turns a prepared picture into a restored or colourized one, or a clip, or several into one. */
public interface Engine {
    /** "runpod", "onnx:{model}" or "embedded". */
    String name();

    /** What owners of photos know it by, as the beginning of a sentence. */
    default String title() {
        return "The engine " + name();
    }

    /** Whether it can take a job now. */
    EngineState state();

    /** Why it is not well, for operators; empty where nothing is known of that. */
    default String problem() {
        return "";
    }

    /** What it can be asked for. */
    Set<JobType> jobTypes();

    /** What a user may expect of it, in a sentence for each job type. */
    Map<JobType, String> promises();

    /** The most pixels of a picture that it takes. */
    default long pixelsMax() {
        return Long.MAX_VALUE;
    }

    /** How many times as wide as what it is given its result may be; 1 if it never enlarges. */
    default int enlargement() {
        return 1;
    }

    /** What the contract says of it now. */
    default dev.rekindle.processing.v1.Engine describe() {
        dev.rekindle.processing.v1.Engine.Builder engine =
                dev.rekindle.processing.v1.Engine.newBuilder().setName(name()).setState(state());
        if (engine.getState() == EngineState.ENGINE_STATE_UNHEALTHY) {
            engine.setProblem(problem());
        }
        promises().forEach((type, promise) -> engine.addJobTypes(type).putPromises(type.name(), promise));
        return engine.build();
    }

    /**
     * Works on one picture. Checks {@code stop} at least twice a second.
     *
     * @throws dev.rekindle.platform.rpc.Failure ENGINE_FAILED and others, with a retry delay where the engine asks for one
     * @throws Stop.Stopped once the work is to end
     */
    EngineResult run(EngineRequest request, Progress progress, Stop stop);

    /** Sets a photo in motion. Only asked of engines that list animation among their job types; else as {@link #run}. */
    default AnimationResult animate(AnimationRequest request, Progress progress, Stop stop) {
        throw new UnsupportedOperationException(name() + " sets nothing in motion");
    }

    /** Brings photos together. Only asked of engines that list composition among their job types; else as {@link #run}. */
    default EngineResult compose(CompositionRequest request, Progress progress, Stop stop) {
        throw new UnsupportedOperationException(name() + " brings nothing together");
    }
}
