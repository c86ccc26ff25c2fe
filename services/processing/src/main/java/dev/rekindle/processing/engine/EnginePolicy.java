package dev.rekindle.processing.engine;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.EngineChoice;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The choice of an engine: the first in the order of preference that can do the job and is well. Where that fails, the next
 * that can goes on at once.
 */
public final class EnginePolicy {
    private static final Logger log = LoggerFactory.getLogger(EnginePolicy.class);

    /** What an engine gets of the time that is left, while another could still take over. */
    private static final double SHARE_OF_TIME = 2.0 / 3;

    /** How engines fail where another may do better, as owners are told. What else fails would fail there too, or is our mistake. */
    private static final Map<Reason, String> HOW = Map.of(
            Reason.REASON_ENGINE_FAILED, "failed at this photo",
            Reason.REASON_JOB_TIMEOUT, "took too long",
            Reason.REASON_RATE_LIMITED, "was busy",
            Reason.REASON_RESULT_REJECTED, "made something else of this photo");

    private final List<Engine> engines;

    /**
     * An engine, and why it.
     *
     * @param triedBefore a line for each that was tried in vain, in words for the owner of the photo
     */
    public record Chosen(Engine engine, EngineChoice choice, List<String> triedBefore) {
        public Chosen {
            triedBefore = List.copyOf(triedBefore);
        }
    }

    /**
     * What is to be done.
     *
     * @param pixels of the picture
     * @param left how much time there still is for it
     */
    public record Task(JobType type, long pixels, Supplier<Duration> left) {}

    /** What is asked of each engine that is tried. A result that does not do is refused by RESULT_REJECTED. */
    @FunctionalInterface
    public interface Trial<T> {
        T run(Chosen chosen, Progress progress, Stop stop);
    }

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
     * Has the task done, by one engine after the other until one has.
     *
     * @throws Failure what the last of them failed by; ENGINE_FAILED if no engine can do it now
     * @throws Stop.Stopped once the work is to end
     */
    public <T> T run(Task task, Trial<T> trial, Progress progress, Stop stop) {
        Map<Engine, Failure> failed = new LinkedHashMap<>();
        while (true) {
            Chosen chosen = choose(task, failed);
            try {
                return isLast(task, chosen.engine(), failed)
                        ? trial.run(chosen, progress.rest(), stop)
                        : runInTime(task, chosen, trial, progress.rest(), stop);
            } catch (Failure failure) {
                if (!HOW.containsKey(failure.reason())) {
                    throw failure;
                }
                failed.put(chosen.engine(), failure);
                log.info(
                        "{} failed: {} {} {}",
                        chosen.engine().name(),
                        failure.reason(),
                        failure.message(),
                        failure.detail());
            }
        }
    }

    private static <T> T runInTime(Task task, Chosen chosen, Trial<T> trial, Progress progress, Stop stop) {
        Duration time =
                Duration.ofMillis(Math.round(SHARE_OF_TIME * task.left().get().toMillis()));
        try (Stop.Part part = stop.within(time)) {
            return trial.run(chosen, progress, part.stop());
        } catch (Stop.Stopped stopped) {
            if (stopped.why() != Stop.Cause.TIMEOUT || stop.cause() != null) {
                throw stopped;
            }
            throw Failure.of(Reason.REASON_JOB_TIMEOUT, "The work took longer than it may and was stopped.")
                    .withDetail("not done within " + time, stopped);
        }
    }

    /** True if no other engine could take over. */
    private boolean isLast(Task task, Engine chosen, Map<Engine, Failure> failed) {
        return engines.stream()
                .filter(engine -> !engine.equals(chosen) && !failed.containsKey(engine))
                .noneMatch(engine -> can(engine, task) && engine.state() == EngineState.ENGINE_STATE_READY);
    }

    private static boolean can(Engine engine, Task task) {
        return engine.jobTypes().contains(task.type()) && task.pixels() <= engine.pixelsMax();
    }

    /**
     * Chooses for one job.
     *
     * @param pixels of the picture
     * @throws Failure ENGINE_FAILED if no engine can do it now
     */
    public Chosen choose(JobType type, long pixels) {
        return choose(new Task(type, pixels, () -> Duration.ZERO), Map.of());
    }

    private Chosen choose(Task task, Map<Engine, Failure> failed) {
        Engine unwell = null;
        Engine small = null;
        for (Engine engine : engines) {
            if (failed.containsKey(engine) || !engine.jobTypes().contains(task.type())) {
                continue;
            }
            if (!can(engine, task)) {
                small = small == null ? engine : small;
                continue;
            }
            switch (engine.state()) {
                case ENGINE_STATE_READY -> {
                    return chosen(engine, failed, unwell, small);
                }
                case ENGINE_STATE_UNHEALTHY -> unwell = unwell == null ? engine : unwell;
                case ENGINE_STATE_ABSENT, ENGINE_STATE_REFUSED, ENGINE_STATE_UNSPECIFIED, UNRECOGNIZED -> {
                    // not on this mesh: nothing to explain
                }
            }
        }
        if (!failed.isEmpty()) {
            throw last(failed);
        }
        throw Failure.of(
                Reason.REASON_ENGINE_FAILED,
                unwell == null
                        ? "No engine on this server can do this kind of work."
                        : "The engine for this kind of work is not well at the moment. Please try again.");
    }

    /** The failure of the engine tried last; its detail says how the others failed. */
    private static Failure last(Map<Engine, Failure> failed) {
        Failure last = List.copyOf(failed.values()).getLast();
        String all = failed.entrySet().stream()
                .map(one -> one.getKey().name() + ": " + one.getValue().message() + " "
                        + one.getValue().detail())
                .collect(Collectors.joining("\n"));
        return last.withDetail(all, last.getCause());
    }

    private Chosen chosen(Engine engine, Map<Engine, Failure> failed, @Nullable Engine unwell, @Nullable Engine small) {
        boolean first = engines.stream()
                .filter(other -> other.state() != EngineState.ENGINE_STATE_ABSENT)
                .findFirst()
                .orElse(engine)
                .equals(engine);
        List<String> reasons = new ArrayList<>();
        List<String> triedBefore = new ArrayList<>();
        failed.forEach((other, failure) -> {
            String how = HOW.get(failure.reason());
            reasons.add(other.name() + " " + how);
            triedBefore.add(other.title() + " was tried before and " + how + ".");
        });
        if (unwell != null) {
            reasons.add(unwell.name() + " is not well at the moment");
        } else if (small != null) {
            reasons.add(small.name() + " takes pictures of at most " + small.pixelsMax() + " pixels");
        }
        String none = first ? "the preferred engine" : "the preferred engine that can do this";
        EngineChoice choice = EngineChoice.newBuilder()
                .setEngine(engine.name())
                .setReason(reasons.isEmpty() ? none : String.join(", ", reasons))
                .setFallback(!reasons.isEmpty())
                .build();
        return new Chosen(engine, choice, triedBefore);
    }
}
