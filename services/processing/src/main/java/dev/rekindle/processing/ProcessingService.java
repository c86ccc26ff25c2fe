package dev.rekindle.processing;

import dev.rekindle.common.v1.Role;
import dev.rekindle.media.ImagePresets;
import dev.rekindle.media.VideoPresets;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.processing.v1.DrainWorkerRequest;
import dev.rekindle.processing.v1.DrainWorkerResponse;
import dev.rekindle.processing.v1.EngineState;
import dev.rekindle.processing.v1.ListEnginesRequest;
import dev.rekindle.processing.v1.ListEnginesResponse;
import dev.rekindle.processing.v1.ListPresetsRequest;
import dev.rekindle.processing.v1.ListPresetsResponse;
import dev.rekindle.processing.v1.ListWorkersRequest;
import dev.rekindle.processing.v1.ListWorkersResponse;
import dev.rekindle.processing.v1.ProbeMediaRequest;
import dev.rekindle.processing.v1.ProbeMediaResponse;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.processing.v1.ReceiveEngineHintRequest;
import dev.rekindle.processing.v1.ReceiveEngineHintResponse;
import dev.rekindle.processing.v1.SetConcurrencyRequest;
import dev.rekindle.processing.v1.SetConcurrencyResponse;
import dev.rekindle.processing.v1.WatchWorkersRequest;
import dev.rekindle.processing.v1.WatchWorkersResponse;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.queue.WorkerRegistry;
import io.grpc.ServerServiceDefinition;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The RPCs about workers, engines and presets, about what is in a file, and the way of hints from engines to workers. */
final class ProcessingService {
    private static final long WATCH_EVERY_MILLIS = 1_000;

    private final WorkerRegistry workers;
    private final boolean runPod;
    private final ProbePhoto probe;
    private final Consumer<String> hints;

    /**
     * The service.
     *
     * @param runPod true where the workers have RunPod do the work
     * @param hints takes the token of a run that may have ended
     */
    ProcessingService(WorkerRegistry workers, boolean runPod, ProbePhoto probe, Consumer<String> hints) {
        this.workers = workers;
        this.runPod = runPod;
        this.probe = probe;
        this.hints = hints;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(ProcessingServiceGrpc.getServiceDescriptor())
                .unary(ProcessingServiceGrpc.getListWorkersMethod(), this::listWorkers)
                .serverStreaming(ProcessingServiceGrpc.getWatchWorkersMethod(), this::watchWorkers)
                .unary(ProcessingServiceGrpc.getDrainWorkerMethod(), this::drainWorker)
                .unary(ProcessingServiceGrpc.getSetConcurrencyMethod(), this::setConcurrency)
                .unary(ProcessingServiceGrpc.getListEnginesMethod(), this::listEngines)
                .unary(ProcessingServiceGrpc.getListPresetsMethod(), this::listPresets)
                .unary(ProcessingServiceGrpc.getProbeMediaMethod(), this::probeMedia)
                .unary(ProcessingServiceGrpc.getReceiveEngineHintMethod(), this::receiveEngineHint)
                .build();
    }

    private List<Worker> sorted() {
        return workers.list().stream()
                .sorted(Comparator.comparing(Worker::getId))
                .toList();
    }

    private ListWorkersResponse listWorkers(ListWorkersRequest request) {
        return ListWorkersResponse.newBuilder().addAllWorkers(sorted()).build();
    }

    private void watchWorkers(WatchWorkersRequest request, MessageSink<WatchWorkersResponse> answers)
            throws InterruptedException {
        CountDownLatch gone = new CountDownLatch(1);
        answers.onCancel(gone::countDown);
        List<Worker> before = List.of();
        boolean first = true;
        do {
            List<Worker> now = sorted();
            if (first || !steady(now).equals(steady(before))) {
                answers.send(
                        WatchWorkersResponse.newBuilder().addAllWorkers(now).build());
                before = now;
                first = false;
            }
        } while (!gone.await(WATCH_EVERY_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** The workers less what changes with every heartbeat. */
    private static List<Worker> steady(List<Worker> workers) {
        return workers.stream()
                .map(worker -> worker.toBuilder()
                        .clearHeartbeatTime()
                        .clearCpuLoad()
                        .setMemoryBytesUsed(worker.getMemoryBytesUsed() >> 26)
                        .build())
                .toList();
    }

    private DrainWorkerResponse drainWorker(DrainWorkerRequest request) {
        return DrainWorkerResponse.newBuilder()
                .setWorker(workers.drain(request.getWorkerId()))
                .build();
    }

    private SetConcurrencyResponse setConcurrency(SetConcurrencyRequest request) {
        return SetConcurrencyResponse.newBuilder()
                .setWorker(workers.setConcurrency(request.getWorkerId(), request.getConcurrency()))
                .build();
    }

    private ListEnginesResponse listEngines(ListEnginesRequest request) {
        boolean operator = Identity.current().has(Role.ROLE_ADMIN);
        return ListEnginesResponse.newBuilder()
                .addAllEngines(EngineList.of(runPod, workers.list()).stream()
                        .filter(engine -> operator || engine.getState() != EngineState.ENGINE_STATE_REFUSED)
                        .map(engine -> operator
                                ? engine
                                : engine.toBuilder().clearProblem().build())
                        .toList())
                .build();
    }

    private ProbeMediaResponse probeMedia(ProbeMediaRequest request) {
        return ProbeMediaResponse.newBuilder()
                .setMetadata(probe.run(Identity.currentUser(), request.getPhotoId()))
                .build();
    }

    private ReceiveEngineHintResponse receiveEngineHint(ReceiveEngineHintRequest request) {
        hints.accept(request.getToken());
        return ReceiveEngineHintResponse.getDefaultInstance();
    }

    private ListPresetsResponse listPresets(ListPresetsRequest request) {
        return ListPresetsResponse.newBuilder()
                .addAllImagePresets(ImagePresets.IMAGES)
                .addAllVideoPresets(VideoPresets.ALL)
                .build();
    }
}
