package dev.rekindle.processing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("PRC-05")
@Tag("PRC-06")
class PipelineTest {
    /** A step that notes its name and tells fractions. */
    private record Noting(String name, double weight, List<Double> fractions) implements Step<List<String>> {
        @Override
        public void run(List<String> work, Progress progress, Stop stop) {
            work.add(name);
            fractions.forEach(progress::at);
        }
    }

    private static final class Heard implements Pipeline.Listener {
        private final List<Double> percents = new ArrayList<>();
        private final List<String> completed = new ArrayList<>();

        @Override
        public void progressed(String stage, double percent, double stagePercent) {
            percents.add(percent);
        }

        @Override
        public void completed(String stage, Duration took) {
            completed.add(stage + " " + took.toMillis());
        }
    }

    @Test
    void steps_run_in_order_and_progress_follows_their_weights() {
        List<String> work = new ArrayList<>();
        Heard heard = new Heard();
        AtomicLong clock = new AtomicLong();
        new Pipeline<>("p", List.of(new Noting("a", 1, List.of(0.5)), new Noting("b", 3, List.of(0.5, 0.2, 1.7))))
                .run(work, heard, new Stop(), () -> clock.getAndAdd(5_000_000));
        assertThat(work).containsExactly("a", "b");
        assertThat(heard.percents).containsExactly(0.0, 12.5, 25.0, 62.5, 100.0, 100.0);
        assertThat(heard.completed).containsExactly("a 5", "b 5");
    }

    @Test
    @Tag("JOB-03")
    void a_stop_between_two_steps_ends_the_run() {
        Stop stop = new Stop();
        List<String> work = new ArrayList<>();
        Step<List<String>> stopping = new Step<>() {
            @Override
            public String name() {
                return "stopping";
            }

            @Override
            public double weight() {
                return 1;
            }

            @Override
            public void run(List<String> list, Progress progress, Stop asked) {
                asked.request(Stop.Cause.TIMEOUT);
                asked.request(Stop.Cause.CANCELLED);
            }
        };
        Heard heard = new Heard();
        assertThatThrownBy(() -> new Pipeline<>("p", List.of(stopping, new Noting("never", 1, List.of())))
                        .run(work, heard, stop, System::nanoTime))
                .isInstanceOfSatisfying(
                        Stop.Stopped.class, stopped -> assertThat(stopped.why()).isEqualTo(Stop.Cause.TIMEOUT));
        assertThat(work).isEmpty();
        assertThat(heard.completed).hasSize(1);
    }

    @Test
    void a_step_without_weight_is_a_mistake() {
        assertThatThrownBy(() -> new Pipeline<>("p", List.of(new Noting("a", 0, List.of()))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
