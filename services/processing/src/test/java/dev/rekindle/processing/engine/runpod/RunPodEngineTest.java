package dev.rekindle.processing.engine.runpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.runpod.RunPodFault;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.EnginePolicy;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import dev.rekindle.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole engine against the stand-in, with everything that goes wrong on RunPod. */
@Tag("AI-01")
class RunPodEngineTest {
    @TempDir
    private Path folder;

    private RunPodRoom room;

    @BeforeEach
    void open() throws IOException {
        room = new RunPodRoom(folder);
    }

    @AfterEach
    void close() throws Exception {
        room.close();
    }

    private Failure failure(RunPodEngine engine) {
        return catchThrowableOfType(Failure.class, () -> room.restore(engine, new Stop()));
    }

    private JsonObject sent(int job) {
        return JsonParser.parseString(room.server.jobs().get(job).input()).getAsJsonObject();
    }

    private static void isTinted(EngineResult result) {
        try (Picture before = TestPhotos.picture("chelsea");
                Picture after = result.picture()) {
            assertThat(PictureSize.of(after)).isEqualTo(PictureSize.of(before));
            assertThat(blue(after)).isLessThan(blue(before) - 10);
        }
    }

    private static double blue(Picture picture) {
        try (var mean = org.bytedeco.opencv.global.opencv_core.mean(picture.mat())) {
            return mean.get(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen_image_edit", "qwen_image_edit_2511"})
    void a_picture_is_sent_and_its_result_comes_back_with_its_cost(String model) {
        room.settings.put("runpod.model", model);
        EngineResult result = room.restore(room.engine(), new Stop());
        isTinted(result);
        assertThat(room.spent).hasValue(20_000);
        assertThat(room.progress).isSorted().endsWith(1.0);
        assertThat(result.report().getFirst()).contains("cloud");
        assertThat(sent(0).get("prompt").getAsString()).contains("Restore this old photograph");
        assertThat(sent(0).getAsJsonObject("metadata").get("reference").getAsString())
                .isEqualTo("users/u/jobs/j1/1-lease");
        assertThat(room.server.calls()).isEqualTo(1);
    }

    @Test
    void after_a_rest_no_job_is_tried_as_long_as_the_endpoint_says_that_it_has_no_worker() {
        room.settings.put("runpod.circuit.failures_max", "1");
        room.server.script(RunPodFault.PLATFORM_FAILURE);
        RunPodEngine engine = room.engine();
        assertThatThrownBy(() -> room.restore(engine, new Stop())).isInstanceOf(Failure.class);
        room.server.unwell(true);
        room.time.addAndGet(Duration.ofSeconds(61).toNanos());
        assertThatThrownBy(() -> room.restore(engine, new Stop()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("takes no work now");
        assertThat(room.server.calls()).as("only its health was asked for").isEqualTo(1);
        room.server.unwell(false);
        room.time.addAndGet(Duration.ofSeconds(61).toNanos());
        isTinted(room.restore(engine, new Stop()));
    }

    @ParameterizedTest
    @CsvSource({"1536, 451*300", "256, 256*170"})
    void the_newer_endpoint_is_told_the_size_in_the_shape_of_the_photo(String sideMax, String size) {
        room.settings.put("runpod.model", "qwen_image_edit_2511");
        room.settings.put("runpod.side_max", sideMax);
        isTinted(room.restore(room.engine(), new Stop()));
        assertThat(sent(0).get("size").getAsString()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_comfyui_worker_gets_the_workflow_filled_in(boolean base64) throws IOException {
        Path workflow = Files.writeString(folder.resolve("workflow.json"), """
                {"3": {"inputs": {"seed": "{{seed}}", "steps": 8}, "class_type": "KSampler"},
                 "6": {"inputs": {"text": "photo. {{prompt}}"}, "class_type": "CLIPTextEncode"},
                 "10": {"inputs": {"image": "{{image}}"}, "class_type": "LoadImage"}}
                """);
        room.settings.put("runpod.model", "comfyui");
        room.settings.put("runpod.workflow", workflow.toString());
        if (!base64) {
            room.server.script(RunPodFault.LATE_PROGRESS);
        }
        isTinted(room.restore(room.engine(), new Stop()));
        JsonObject nodes = sent(0).getAsJsonObject("workflow");
        assertThat(inputs(nodes, "3").get("seed").getAsJsonPrimitive().isNumber())
                .isTrue();
        assertThat(inputs(nodes, "6").get("text").getAsString()).startsWith("photo. Restore");
        assertThat(inputs(nodes, "10").get("image").getAsString())
                .isEqualTo(sent(0).getAsJsonArray("images")
                        .get(0)
                        .getAsJsonObject()
                        .get("name")
                        .getAsString());
    }

    private static JsonObject inputs(JsonObject nodes, String node) {
        return nodes.getAsJsonObject(node).getAsJsonObject("inputs");
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "LIMITED",
                "ERROR",
                "LATE_PROGRESS",
                "RETRIED",
                "STRANGE_STATE",
                "STATUS_ERRORS",
                "BROKEN_RESULT_URL"
            })
    void what_passes_is_waited_out(RunPodFault fault) {
        room.server.script(fault);
        RunPodEngine engine = room.engine();
        isTinted(room.restore(engine, new Stop()));
        assertThat(room.spent).hasValue(20_000);
        assertThat(room.server.jobs()).hasSize(1);
        assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_READY);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "PLATFORM_FAILURE",
                "WORKER_EXCEPTION",
                "NO_PICTURE",
                "CANCELLED",
                "FORGOTTEN",
                "CORRUPT_RESULT",
                "OTHER_SHAPE",
                "DEAD_RESULT_URL",
                "INNER_RESULT_URL"
            })
    void what_does_not_pass_fails_the_attempt_and_counts(RunPodFault fault) {
        room.settings.put("runpod.circuit.failures_max", "1");
        room.server.script(fault);
        RunPodEngine engine = room.engine();
        Failure failure = failure(engine);
        assertThat(failure.reason()).isEqualTo(Reason.REASON_ENGINE_FAILED);
        assertThat(failure.message()).doesNotContain("CUDA");
        assertThat(failure.detail()).isNotEmpty();
        assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_UNHEALTHY);
        boolean made = List.of("NO_PICTURE", "CORRUPT_RESULT", "OTHER_SHAPE", "DEAD_RESULT_URL", "INNER_RESULT_URL")
                .contains(fault.name());
        assertThat(room.spent).as("what was paid for is counted").hasValue(made ? 20_000 : 0);
    }

    @Test
    void a_result_is_not_fetched_from_where_none_can_be() {
        room.server.script(RunPodFault.INNER_RESULT_URL);
        assertThat(failure(room.engine()).detail()).contains("not public");
        room.settings.remove("runpod.networks_allowed");
        assertThat(failure(room.engine()).detail()).contains("expected https");
    }

    @Test
    void a_worker_exception_is_for_operators() {
        room.server.script(RunPodFault.WORKER_EXCEPTION);
        assertThat(failure(room.engine()).detail()).contains("CUDA out of memory");
    }

    @Test
    void a_job_the_platform_timed_out_says_so() {
        room.server.script(RunPodFault.TIMED_OUT);
        assertThat(failure(room.engine()).reason()).isEqualTo(Reason.REASON_JOB_TIMEOUT);
    }

    @Test
    void a_lost_answer_is_not_submitted_again_and_its_price_is_counted() {
        room.server.script(RunPodFault.LOST_ANSWER);
        Failure failure = failure(room.engine());
        assertThat(failure.reason()).isEqualTo(Reason.REASON_ENGINE_FAILED);
        assertThat(failure.detail()).contains("lost");
        assertThat(room.server.jobs()).hasSize(1);
        assertThat(room.spent).hasValue(20_000);
    }

    @Test
    void what_a_dead_worker_left_running_is_gone_on_with_and_not_paid_for_twice() throws Exception {
        room.server.script(RunPodFault.RETRIED);
        room.leave("1-dead");
        isTinted(room.restore(room.engine(), new Stop()));
        assertThat(room.server.jobs()).hasSize(1);
        assertThat(room.runs.noted).isEmpty();
    }

    @Test
    void what_was_left_and_failed_is_done_anew() throws Exception {
        room.server.script(RunPodFault.FORGOTTEN);
        room.leave("1-dead");
        isTinted(room.restore(room.engine(), new Stop()));
        assertThat(room.server.jobs()).hasSize(2);
        assertThat(room.runs.noted).isEmpty();
    }

    @Test
    void a_limit_that_lasts_sends_the_job_back_with_a_time_and_says_nothing_of_health() {
        room.settings.put("runpod.limited_max", "100ms");
        room.settings.put("runpod.circuit.failures_max", "1");
        room.server.script(RunPodFault.LIMITED, RunPodFault.LIMITED);
        RunPodEngine engine = room.engine();
        Failure failure = failure(engine);
        assertThat(failure.reason()).isEqualTo(Reason.REASON_RATE_LIMITED);
        assertThat(failure.retryDelay()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_READY);
    }

    @ParameterizedTest
    @EnumSource(names = {"HANG", "NO_WORKER"})
    void a_job_that_does_not_end_is_cancelled_there_too(RunPodFault fault) throws Exception {
        room.server.script(fault);
        RunPodEngine engine = room.engine();
        AtomicReference<Failure> failure = new AtomicReference<>();
        Thread work = Thread.startVirtualThread(() -> failure.set(failure(engine)));
        Eventually.holds(() -> assertThat(room.progress).hasSizeGreaterThan(3));
        room.time.addAndGet(Duration.ofMinutes(4).toNanos());
        work.join();
        assertThat(failure).hasValueMatching(one -> one.reason() == Reason.REASON_JOB_TIMEOUT);
        assertThat(room.server.jobs().getFirst().state()).isEqualTo("CANCELLED");
    }

    @Test
    void what_a_dead_worker_left_is_gone_on_with_though_the_first_looks_at_it_fail() throws Exception {
        room.server.script(RunPodFault.STATUS_ERRORS);
        room.leave("1-dead");
        isTinted(room.restore(room.engine(), new Stop()));
        assertThat(room.server.jobs()).hasSize(1);
        assertThat(room.runs.keptByForgetting)
                .as("notes, whatever dies in between")
                .containsExactly(1, 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Stop.Cause.class,
            names = {"LEASE_LOST", "SHUTDOWN"})
    void what_a_worker_gives_up_to_another_is_gone_on_with_and_not_paid_for_twice(Stop.Cause cause) throws Exception {
        room.settings.put("runpod.poll_min", "1m");
        room.settings.put("runpod.poll_max", "1m");
        Stop stop = new Stop();
        AtomicReference<Stop.Stopped> stopped = new AtomicReference<>();
        RunPodEngine first = room.engine();
        Thread work = Thread.startVirtualThread(
                () -> stopped.set(catchThrowableOfType(Stop.Stopped.class, () -> room.restore(first, stop))));
        Eventually.holds(() -> assertThat(room.runs.noted).hasSize(1));
        stop.request(cause);
        work.join();
        assertThat(stopped).hasValueMatching(one -> one.why() == cause);
        room.settings.put("runpod.poll_min", "5ms");
        room.settings.put("runpod.poll_max", "20ms");
        isTinted(room.restore(room.engine(), new Stop(), "2-lease"));
        assertThat(room.server.jobs()).hasSize(1);
        assertThat(room.runs.noted).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Stop.Cause.class,
            names = {"CANCELLED", "TIMEOUT", "STALLED"})
    void work_that_is_stopped_is_cancelled_there_too(Stop.Cause cause) throws Exception {
        room.settings.put("runpod.circuit.failures_max", "1");
        room.settings.put("runpod.poll_max", "1m");
        room.settings.put("runpod.price.second_micro_usd", "1000000");
        room.server.script(RunPodFault.HANG);
        RunPodEngine engine = room.engine();
        Stop stop = new Stop();
        AtomicReference<Stop.Stopped> stopped = new AtomicReference<>();
        Thread work = Thread.startVirtualThread(
                () -> stopped.set(catchThrowableOfType(Stop.Stopped.class, () -> room.restore(engine, stop))));
        Eventually.holds(() -> assertThat(room.progress).hasSizeGreaterThan(3));
        long asked = System.nanoTime();
        stop.request(cause);
        work.join();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));
        assertThat(stopped).hasValueMatching(one -> one.why() == cause);
        assertThat(room.server.jobs().getFirst().state()).isEqualTo("CANCELLED");
        assertThat(room.spent.get()).as("time on the GPU is paid for").isPositive();
        boolean late = cause == Stop.Cause.TIMEOUT || cause == Stop.Cause.STALLED;
        assertThat(engine.state())
                .isEqualTo(late ? EngineState.ENGINE_STATE_UNHEALTHY : EngineState.ENGINE_STATE_READY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"runpod.key", "runpod.endpoint"})
    @Tag("AI-04")
    void a_wrong_key_or_endpoint_opens_the_circuit_at_once_and_shows_no_key(String setting) {
        room.settings.put(setting, "wrong");
        RunPodEngine engine = room.engine();
        Failure failure = failure(engine);
        assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_UNHEALTHY);
        assertThat(failure.detail() + failure.message()).doesNotContain(RunPodRoom.KEY);
        assertThat(engine.describe().getProblem()).isEqualTo(failure.detail()).isNotEmpty();
        assertThat(room.server.jobs()).isEmpty();
    }

    @Test
    @Tag("AI-04")
    void where_nobody_answers_the_circuit_opens_and_another_engine_is_chosen_and_why_is_told() {
        room.settings.put("runpod.circuit.failures_max", "2");
        RunPodEngine engine = room.engine();
        EnginePolicy policy = new EnginePolicy(List.of(engine, RunPodRoom.local()));
        assertThat(policy.choose(JobType.JOB_TYPE_COMBINED, 1).choice().getEngine())
                .isEqualTo("runpod");
        room.server.close();
        assertThat(failure(engine).reason()).isEqualTo(Reason.REASON_ENGINE_FAILED);
        assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_READY);
        assertThat(failure(engine).reason()).isEqualTo(Reason.REASON_ENGINE_FAILED);
        var choice = policy.choose(JobType.JOB_TYPE_COMBINED, 1).choice();
        assertThat(choice.getEngine()).isEqualTo("embedded");
        assertThat(choice.getFallback()).isTrue();
        assertThat(choice.getReason()).contains("runpod is not well");
        room.time.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(engine.state()).isEqualTo(EngineState.ENGINE_STATE_READY);
    }

    @Test
    void without_a_key_it_is_absent() {
        room.settings.clear();
        assertThat(room.engine().state()).isEqualTo(EngineState.ENGINE_STATE_ABSENT);
    }
}
