package dev.rekindle.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.v1.DrainWorkerRequest;
import dev.rekindle.processing.v1.Engine;
import dev.rekindle.processing.v1.EngineState;
import dev.rekindle.processing.v1.ListEnginesRequest;
import dev.rekindle.processing.v1.ListPresetsRequest;
import dev.rekindle.processing.v1.ListWorkersRequest;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.processing.v1.ProcessingServiceGrpc.ProcessingServiceBlockingStub;
import dev.rekindle.processing.v1.ReceiveEngineHintRequest;
import dev.rekindle.processing.v1.SetConcurrencyRequest;
import dev.rekindle.processing.v1.WatchWorkersRequest;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import dev.rekindle.testkit.Mesh;
import dev.rekindle.testkit.Servers;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("PRC-01")
class ProcessingServiceIT {
    private static final Map<String, String> QUEUE =
            Map.of("queue.namespace", "service-" + Ids.timeOrdered().next());

    private static Telemetry telemetry;
    private static ProcessingMain main;
    private static Redis redis;
    private static Queue queue;

    @BeforeAll
    static void start() {
        telemetry = Mesh.telemetry();
        main = ProcessingMain.start(
                Mesh.settings(Mesh.identity("processing"), Mesh.redis(), QUEUE, Map.of("services.jobs", "localhost:1")),
                telemetry,
                Clock.systemUTC());
        redis = Servers.openRedis();
        queue = Queue.open(redis, QueueConfig.from(Settings.of(QUEUE)));
        queue.workers().heartbeat(worker(WorkerState.WORKER_STATE_IDLE));
    }

    @AfterAll
    static void stop() {
        queue.close();
        redis.close();
        main.close();
        telemetry.close();
    }

    private static Worker worker(WorkerState state) {
        return Worker.newBuilder().setId("w1").setState(state).setConcurrency(3).build();
    }

    private static ProcessingServiceBlockingStub as(RpcChannel channel) {
        return ProcessingServiceGrpc.newBlockingStub(channel.channel());
    }

    @Test
    void operators_see_and_steer_workers() {
        try (RpcChannel channel = Mesh.channel(main.port(), Mesh.admin("root"), telemetry)) {
            assertThat(as(channel)
                            .listWorkers(ListWorkersRequest.getDefaultInstance())
                            .getWorkersList())
                    .singleElement()
                    .satisfies(worker -> assertThat(worker.getId()).isEqualTo("w1"));
            as(channel)
                    .setConcurrency(SetConcurrencyRequest.newBuilder()
                            .setWorkerId("w1")
                            .setConcurrency(7)
                            .build());
            as(channel)
                    .drainWorker(
                            DrainWorkerRequest.newBuilder().setWorkerId("w1").build());
            var orders = queue.workers().heartbeat(worker(WorkerState.WORKER_STATE_IDLE));
            assertThat(orders.concurrency()).isEqualTo(7);
            assertThat(orders.drain()).isTrue();
            StatusRuntimeException none = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> as(channel)
                            .drainWorker(DrainWorkerRequest.newBuilder()
                                    .setWorkerId("nobody")
                                    .build()));
            assertThat(Failures.of(none).reason()).isEqualTo(Reason.REASON_NOT_FOUND);
        }
    }

    @Test
    void watching_tells_the_workers_now_and_again_when_they_change() {
        try (RpcChannel channel = Mesh.channel(main.port(), Mesh.admin("root"), telemetry)) {
            var answers = as(channel).watchWorkers(WatchWorkersRequest.getDefaultInstance());
            assertThat(answers.next().getWorkersList()).hasSize(1);
            queue.workers().heartbeat(worker(WorkerState.WORKER_STATE_PROCESSING));
            assertThat(answers.next().getWorkers(0).getState()).isEqualTo(WorkerState.WORKER_STATE_PROCESSING);
        }
    }

    @Test
    @Tag("AI-03")
    void models_that_workers_have_loaded_are_told_to_all_and_those_they_refused_to_operators() {
        Engine model = Engine.newBuilder()
                .setName("onnx:ddcolor")
                .setState(EngineState.ENGINE_STATE_READY)
                .addJobTypes(JobType.JOB_TYPE_COLOURIZATION)
                .build();
        Engine refused = Engine.newBuilder()
                .setName("onnx:broken")
                .setState(EngineState.ENGINE_STATE_REFUSED)
                .setProblem("broken.json: sha256 is wrong.")
                .build();
        Engine unwell =
                model.toBuilder().setState(EngineState.ENGINE_STATE_UNHEALTHY).build();
        queue.workers()
                .heartbeat(worker(WorkerState.WORKER_STATE_IDLE).toBuilder()
                        .setId("w2")
                        .addEngines(unwell)
                        .addEngines(refused)
                        .build());
        queue.workers()
                .heartbeat(worker(WorkerState.WORKER_STATE_IDLE).toBuilder()
                        .setId("w3")
                        .addEngines(model)
                        .addEngines(refused)
                        .build());
        try (RpcChannel user = Mesh.channel(main.port(), Mesh.user("u"), telemetry);
                RpcChannel operator = Mesh.channel(main.port(), Mesh.admin("root"), telemetry)) {
            var toUsers = as(user).listEngines(ListEnginesRequest.getDefaultInstance());
            assertThat(toUsers.getEnginesList())
                    .extracting(Engine::getName)
                    .containsExactly("onnx:ddcolor", "embedded");
            assertThat(toUsers.getEngines(0)).as("it is well at one worker").isEqualTo(model);
            var toOperators = as(operator).listEngines(ListEnginesRequest.getDefaultInstance());
            assertThat(toOperators.getEnginesList()).endsWith(refused).hasSize(3);
        } finally {
            assertThat(List.of("w2", "w3")).allMatch(queue.workers()::remove);
        }
    }

    @Test
    @Tag("AI-06")
    void clips_and_compositions_in_the_cloud_are_told_where_a_worker_has_an_endpoint_for_them() {
        Engine cloud = Engine.newBuilder()
                .setName("runpod")
                .setState(EngineState.ENGINE_STATE_READY)
                .addJobTypes(JobType.JOB_TYPE_COMPOSITION)
                .build();
        Engine absent = Engine.newBuilder()
                .setName("runpod")
                .setState(EngineState.ENGINE_STATE_ABSENT)
                .addJobTypes(JobType.JOB_TYPE_ANIMATION)
                .build();
        queue.workers()
                .heartbeat(worker(WorkerState.WORKER_STATE_IDLE).toBuilder()
                        .setId("w4")
                        .addEngines(cloud)
                        .addEngines(absent)
                        .build());
        try (RpcChannel user = Mesh.channel(main.port(), Mesh.user("u"), telemetry)) {
            var told = as(user).listEngines(ListEnginesRequest.getDefaultInstance());
            assertThat(told.getEnginesList()).extracting(Engine::getName).containsExactly("runpod", "embedded");
            assertThat(told.getEngines(0)).isEqualTo(cloud);
            assertThat(told.getEngines(1).getPromisesOrThrow(JobType.JOB_TYPE_ANIMATION.name()))
                    .contains("nobody in the photo moves by himself");
        } finally {
            assertThat(queue.workers().remove("w4")).isTrue();
        }
    }

    @Test
    @Tag("AI-04")
    void whether_the_cloud_is_well_is_told_to_all_and_why_it_is_not_to_operators() {
        Engine unwell = Engine.newBuilder()
                .setName("runpod")
                .setState(EngineState.ENGINE_STATE_UNHEALTHY)
                .addJobTypes(JobType.JOB_TYPE_RESTORATION)
                .setProblem("it answered 500")
                .build();
        List<Worker> workers = List.of(worker(WorkerState.WORKER_STATE_IDLE).toBuilder()
                .addEngines(unwell)
                .build());
        assertThat(EngineList.of(true, workers)).startsWith(unwell).hasSize(2);
        assertThat(EngineList.of(true, List.of()).getFirst().getState()).isEqualTo(EngineState.ENGINE_STATE_READY);
        queue.workers()
                .heartbeat(worker(WorkerState.WORKER_STATE_IDLE).toBuilder()
                        .setId("w5")
                        .addEngines(unwell.toBuilder().setName("onnx:ddcolor"))
                        .build());
        try (RpcChannel user = Mesh.channel(main.port(), Mesh.user("u"), telemetry);
                RpcChannel operator = Mesh.channel(main.port(), Mesh.admin("root"), telemetry)) {
            Engine toUsers = as(user).listEngines(ListEnginesRequest.getDefaultInstance())
                    .getEngines(0);
            assertThat(toUsers.getState()).isEqualTo(EngineState.ENGINE_STATE_UNHEALTHY);
            assertThat(toUsers.getProblem()).isEmpty();
            Engine toOperators = as(operator)
                    .listEngines(ListEnginesRequest.getDefaultInstance())
                    .getEngines(0);
            assertThat(toOperators.getProblem()).isEqualTo("it answered 500");
        } finally {
            assertThat(queue.workers().remove("w5")).isTrue();
        }
    }

    @Test
    @Tag("AI-01")
    void the_token_of_a_run_that_may_have_ended_goes_to_all_workers_and_nothing_else_does() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        String token = "Ab3_".repeat(10) + "xyz";
        try (AutoCloseable listening = redis.subscribe(
                        List.of("rekindle:engines:hints"), (channel, message) -> heard.add(Redis.text(message)));
                RpcChannel gateway = Mesh.channel(main.port(), "gateway", telemetry);
                RpcChannel user = Mesh.channel(main.port(), Mesh.user("u"), telemetry)) {
            assertThat(listening).isNotNull();
            for (String wrong : List.of("", token + "4", token.substring(1), "*".repeat(43))) {
                StatusRuntimeException refused =
                        catchThrowableOfType(StatusRuntimeException.class, () -> tell(gateway, wrong));
                assertThat(Failures.of(refused).reason()).as(wrong).isEqualTo(Reason.REASON_INVALID_REQUEST);
            }
            StatusRuntimeException refused =
                    catchThrowableOfType(StatusRuntimeException.class, () -> tell(user, token));
            assertThat(Failures.of(refused).reason()).isEqualTo(Reason.REASON_PERMISSION_DENIED);
            tell(gateway, token);
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo(token);
            assertThat(heard).isEmpty();
        }
    }

    private static void tell(RpcChannel channel, String token) {
        var _ = as(channel)
                .receiveEngineHint(
                        ReceiveEngineHintRequest.newBuilder().setToken(token).build());
    }

    @Test
    @Tag("API-04")
    @Tag("JOB-15")
    void users_see_engines_and_presets_but_no_workers() {
        try (RpcChannel channel = Mesh.channel(main.port(), Mesh.user("u"), telemetry)) {
            var engine = as(channel)
                    .listEngines(ListEnginesRequest.getDefaultInstance())
                    .getEngines(0);
            assertThat(engine.getName()).isEqualTo("embedded");
            assertThat(engine.getPromisesOrThrow(JobType.JOB_TYPE_COLOURIZATION.name()))
                    .contains("Tints gently");
            var presets = as(channel).listPresets(ListPresetsRequest.getDefaultInstance());
            assertThat(presets.getImagePresetsList()).extracting("name").contains("thumbnail", "web_optimized");
            assertThat(presets.getVideoPresetsList())
                    .extracting("name")
                    .containsExactly("mobile_video", "web_video", "archive_quality");
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> as(channel).listWorkers(ListWorkersRequest.getDefaultInstance()));
            assertThat(Failures.of(refused).reason()).isEqualTo(Reason.REASON_PERMISSION_DENIED);
        }
    }
}
