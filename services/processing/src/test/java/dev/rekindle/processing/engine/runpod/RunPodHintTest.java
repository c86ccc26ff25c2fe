package dev.rekindle.processing.engine.runpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.embedded.runpod.RunPodFault;
import dev.rekindle.embedded.runpod.RunPodServer;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine and hints that a job has ended, against the stand-in. */
@Tag("AI-01")
@Timeout(120)
class RunPodHintTest {
    @TempDir
    private Path folder;

    private RunPodRoom room;

    @BeforeEach
    void open() throws IOException {
        room = new RunPodRoom(folder);
        room.settings.put("runpod.webhook_url", room.ears.address());
    }

    @AfterEach
    void close() throws Exception {
        room.close();
    }

    /** By polling alone no look would come while a test runs. */
    private void pollEveryTenMinutes() {
        room.settings.put("runpod.poll_min", "10m");
        room.settings.put("runpod.poll_max", "10m");
    }

    private void restore() {
        room.restore(room.engine(), new Stop()).picture().close();
    }

    private RunPodServer.Seen job(int number) {
        return room.server.jobs().get(number);
    }

    private static String token(RunPodServer.Seen job) {
        return job.webhook().substring(job.webhook().lastIndexOf('/') + 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "TOLD_TWICE"})
    void a_job_is_looked_at_once_and_at_once_when_its_end_is_told(RunPodFault fault) {
        pollEveryTenMinutes();
        room.server.script(fault);
        restore();
        assertThat(job(0).looks()).isEqualTo(1);
        assertThat(room.spent).hasValue(20_000);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_TOLD", "TOLD_LATE", "TOLD_EARLY"})
    void a_job_whose_end_is_not_told_in_time_is_found_by_polling(RunPodFault fault) {
        room.server.script(fault);
        restore();
        assertThat(room.spent).hasValue(20_000);
        assertThat(room.server.jobs()).hasSize(1);
    }

    @Test
    void every_submission_has_a_token_of_its_own_and_those_that_are_over_mean_nothing() {
        pollEveryTenMinutes();
        restore();
        restore();
        assertThat(token(job(0))).matches("[A-Za-z0-9_-]{43}");
        assertThat(token(job(1))).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(token(job(0)));
        assertThat(job(0).webhook()).isEqualTo(room.ears.address() + "/" + token(job(0)));
        room.hints.tell(token(job(0)));
        restore();
        assertThat(job(2).looks()).isEqualTo(1);
    }

    @Test
    void false_hints_end_nothing_and_a_flood_of_them_is_one_look_in_the_shortest_wait() throws Exception {
        pollEveryTenMinutes();
        room.server.script(RunPodFault.HANG);
        Stop stop = new Stop();
        RunPodEngine engine = room.engine();
        AtomicReference<Stop.Stopped> stopped = new AtomicReference<>();
        Thread work = Thread.startVirtualThread(
                () -> stopped.set(catchThrowableOfType(Stop.Stopped.class, () -> room.restore(engine, stop))));
        Eventually.holds(() -> assertThat(room.server.jobs()).hasSize(1));
        room.hints.tell(token(job(0)));
        Eventually.holds(() -> assertThat(job(0).looks()).isEqualTo(1));
        for (int i = 0; i < 10_000; i++) {
            room.hints.tell(token(job(0)));
            room.hints.tell("x".repeat(43));
        }
        assertThat(job(0).looks()).isEqualTo(1);
        assertThat(job(0).state()).isEqualTo("IN_PROGRESS");
        stop.request(Stop.Cause.CANCELLED);
        work.join();
        assertThat(stopped).hasValueMatching(one -> one.why() == Stop.Cause.CANCELLED);
        assertThat(job(0).looks()).isEqualTo(1);
        assertThat(job(0).state()).isEqualTo("CANCELLED");
    }

    @Test
    void where_no_address_is_set_runpod_is_not_asked_to_tell() {
        room.settings.remove("runpod.webhook_url");
        restore();
        assertThat(job(0).webhook()).isEmpty();
        assertThat(room.ears.heard()).isEmpty();
    }

    @Test
    void what_a_dead_worker_left_is_gone_on_with_by_polling_alone() throws Exception {
        room.server.script(RunPodFault.RETRIED);
        room.leave("1-dead");
        restore();
        assertThat(room.server.jobs()).hasSize(1);
        assertThat(room.ears.heard()).isEmpty();
    }

    @Test
    void a_token_that_runpod_repeats_in_an_error_is_not_kept() {
        room.server.script(RunPodFault.ERROR, RunPodFault.ERROR, RunPodFault.ERROR);
        RunPodEngine engine = room.engine();
        Failure failure = catchThrowableOfType(Failure.class, () -> room.restore(engine, new Stop()));
        assertThat(failure.detail()).contains(room.ears.address() + "/***").doesNotContainPattern("[A-Za-z0-9_-]{43}");
    }
}
