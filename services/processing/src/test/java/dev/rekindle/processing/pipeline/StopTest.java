package dev.rekindle.processing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("PRC-09")
class StopTest {
    @Test
    void actions_run_once_when_asked_and_those_forgotten_do_not() {
        Stop stop = new Stop();
        List<String> ran = new ArrayList<>();
        Stop.Registration first = stop.onStop(() -> ran.add("first"));
        Stop.Registration second = stop.onStop(() -> ran.add("second"));
        first.close();
        stop.check();
        stop.request(Stop.Cause.CANCELLED);
        stop.request(Stop.Cause.TIMEOUT);
        second.close();
        stop.onStop(() -> ran.add("late")).close();
        assertThat(ran).containsExactly("second", "late");
        assertThat(stop.cause()).isEqualTo(Stop.Cause.CANCELLED);
    }

    @Test
    void a_pause_ends_as_soon_as_the_work_is_to_end() {
        Stop stop = new Stop();
        Thread.ofVirtual().start(() -> stop.request(Stop.Cause.SHUTDOWN));
        assertThatThrownBy(() -> stop.pause(Duration.ofMinutes(10))).isInstanceOf(Stop.Stopped.class);
    }
}
