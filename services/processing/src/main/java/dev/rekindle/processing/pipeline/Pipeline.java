package dev.rekindle.processing.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Steps in the order in which they run.
 *
 * @param <W> the work they share
 */
public record Pipeline<W>(String name, List<Step<W>> steps) {
    public Pipeline {
        steps = List.copyOf(steps);
        if (steps.isEmpty() || steps.stream().anyMatch(step -> !(step.weight() > 0))) {
            throw new IllegalArgumentException("A pipeline has steps, and every step a weight above 0.");
        }
    }

    /** Who hears how a run goes. */
    public interface Listener {
        /**
         * How far the run has come.
         *
         * @param percent over all steps, by their weights; never less than before
         * @param stagePercent within the step
         */
        void progressed(String stage, double percent, double stagePercent);

        /** A step has ended well. */
        void completed(String stage, Duration took);
    }

    /**
     * Runs the steps. The stop is checked before each.
     *
     * @param nanoClock tells time for the durations of steps
     */
    public void run(W work, Listener listener, Stop stop, LongSupplier nanoClock) {
        double all = steps.stream().mapToDouble(Step::weight).sum();
        double before = 0;
        for (Step<W> step : steps) {
            stop.check();
            double from = 100 * before / all;
            double share = 100 * step.weight() / all;
            long begin = nanoClock.getAsLong();
            listener.progressed(step.name(), from, 0);
            step.run(
                    work,
                    Progress.to(fraction -> listener.progressed(step.name(), from + share * fraction, 100 * fraction)),
                    stop);
            before += step.weight();
            listener.completed(step.name(), Duration.ofNanos(nanoClock.getAsLong() - begin));
        }
        stop.check();
        listener.progressed(steps.getLast().name(), 100, 100);
    }
}
