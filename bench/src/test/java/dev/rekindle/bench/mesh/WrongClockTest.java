package dev.rekindle.bench.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.testkit.Eventually;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrongClockTest {
    private static final Duration NEAR = Duration.ofMinutes(1);

    private static boolean isAhead(Clock clock, Duration by) {
        Duration off = Duration.between(Instant.now().plus(by), clock.instant());
        return off.abs().compareTo(NEAR) < 0;
    }

    @Test
    void it_jumps_as_its_file_says_ahead_and_back_and_is_right_again(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("jobs");
        Clock clock = WrongClock.saidBy(file);
        assertThat(isAhead(clock, Duration.ZERO))
                .as("right where there is no file")
                .isTrue();

        for (Duration ahead : new Duration[] {Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO}) {
            WrongClock.put(file, ahead);
            Eventually.holds(() -> assertThat(isAhead(clock, ahead)).isTrue());
        }
    }

    @Test
    void a_process_that_starts_late_starts_with_the_clock_as_it_was_put(@TempDir Path folder) throws Exception {
        WrongClock.put(folder.resolve("jobs"), Duration.ofHours(-1));

        assertThat(isAhead(WrongClock.saidBy(folder.resolve("jobs")), Duration.ofHours(-1)))
                .isTrue();
    }
}
