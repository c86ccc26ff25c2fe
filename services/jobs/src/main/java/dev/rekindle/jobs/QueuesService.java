package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.AnnotateDeadLetterRequest;
import dev.rekindle.jobs.v1.AnnotateDeadLetterResponse;
import dev.rekindle.jobs.v1.DiscardDeadLettersRequest;
import dev.rekindle.jobs.v1.DiscardDeadLettersResponse;
import dev.rekindle.jobs.v1.DrainLaneRequest;
import dev.rekindle.jobs.v1.DrainLaneResponse;
import dev.rekindle.jobs.v1.GetDeadLetterRequest;
import dev.rekindle.jobs.v1.GetDeadLetterResponse;
import dev.rekindle.jobs.v1.GetLaneRequest;
import dev.rekindle.jobs.v1.GetLaneResponse;
import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.jobs.v1.ListLanesRequest;
import dev.rekindle.jobs.v1.ListLanesResponse;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import dev.rekindle.jobs.v1.PauseLaneResponse;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.ResumeLaneRequest;
import dev.rekindle.jobs.v1.ResumeLaneResponse;
import dev.rekindle.jobs.v1.RetryDeadLettersRequest;
import dev.rekindle.jobs.v1.RetryDeadLettersResponse;
import dev.rekindle.jobs.v1.UpdateLaneRequest;
import dev.rekindle.jobs.v1.UpdateLaneResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.queue.Queue;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.UUID;

/** The RPCs by which operators see and steer lanes, and deal with jobs that failed for good. Watching and rebalancing are not bound yet. */
final class QueuesService {
    private final Queue queue;
    private final DeadLetters letters;

    QueuesService(Queue queue, DeadLetters letters) {
        this.queue = queue;
        this.letters = letters;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(QueuesServiceGrpc.getServiceDescriptor())
                .unary(QueuesServiceGrpc.getListLanesMethod(), this::listLanes)
                .unary(QueuesServiceGrpc.getGetLaneMethod(), this::getLane)
                .unary(QueuesServiceGrpc.getUpdateLaneMethod(), this::updateLane)
                .unary(QueuesServiceGrpc.getPauseLaneMethod(), this::pauseLane)
                .unary(QueuesServiceGrpc.getResumeLaneMethod(), this::resumeLane)
                .unary(QueuesServiceGrpc.getDrainLaneMethod(), this::drainLane)
                .unary(QueuesServiceGrpc.getListDeadLettersMethod(), letters::list)
                .unary(QueuesServiceGrpc.getGetDeadLetterMethod(), this::getDeadLetter)
                .unary(QueuesServiceGrpc.getRetryDeadLettersMethod(), this::retryDeadLetters)
                .unary(QueuesServiceGrpc.getDiscardDeadLettersMethod(), this::discardDeadLetters)
                .unary(QueuesServiceGrpc.getAnnotateDeadLetterMethod(), this::annotateDeadLetter)
                .build();
    }

    private ListLanesResponse listLanes(ListLanesRequest request) {
        int workers = queue.workers().list().size();
        ListLanesResponse.Builder answer = ListLanesResponse.newBuilder();
        queue.lanes().forEach(lane -> answer.addLanes(Lanes.view(lane, workers)));
        return answer.build();
    }

    private GetLaneResponse getLane(GetLaneRequest request) {
        return GetLaneResponse.newBuilder().setLane(lane(request.getLane())).build();
    }

    private UpdateLaneResponse updateLane(UpdateLaneRequest request) {
        Lanes.find(queue, request.getLane());
        queue.setLimits(request.getLane(), Lanes.read(request.getLimits()));
        return UpdateLaneResponse.newBuilder().setLane(lane(request.getLane())).build();
    }

    private PauseLaneResponse pauseLane(PauseLaneRequest request) {
        Lanes.find(queue, request.getLane());
        queue.pause(request.getLane(), Identity.currentUser(), request.getReason());
        return PauseLaneResponse.newBuilder().setLane(lane(request.getLane())).build();
    }

    private ResumeLaneResponse resumeLane(ResumeLaneRequest request) {
        Lanes.find(queue, request.getLane());
        queue.resume(request.getLane(), Identity.currentUser());
        return ResumeLaneResponse.newBuilder().setLane(lane(request.getLane())).build();
    }

    private DrainLaneResponse drainLane(DrainLaneRequest request) {
        Lanes.find(queue, request.getLane());
        queue.drain(request.getLane(), Identity.currentUser(), request.getReason());
        return DrainLaneResponse.newBuilder().setLane(lane(request.getLane())).build();
    }

    private Lane lane(String name) {
        return Lanes.view(Lanes.find(queue, name), queue.workers().list().size());
    }

    private GetDeadLetterResponse getDeadLetter(GetDeadLetterRequest request) {
        return GetDeadLetterResponse.newBuilder()
                .setDeadLetter(letters.get(UUID.fromString(request.getJobId())))
                .build();
    }

    private RetryDeadLettersResponse retryDeadLetters(RetryDeadLettersRequest request) {
        return letters.retry(Identity.currentUser(), ids(request.getJobIdsList()));
    }

    private DiscardDeadLettersResponse discardDeadLetters(DiscardDeadLettersRequest request) {
        int discarded = letters.discard(Identity.currentUser(), ids(request.getJobIdsList()), request.getReason());
        return DiscardDeadLettersResponse.newBuilder()
                .setDiscardedCount(discarded)
                .build();
    }

    private AnnotateDeadLetterResponse annotateDeadLetter(AnnotateDeadLetterRequest request) {
        return AnnotateDeadLetterResponse.newBuilder()
                .setDeadLetter(letters.annotate(
                        Identity.currentUser(), UUID.fromString(request.getJobId()), request.getText()))
                .build();
    }

    private static List<UUID> ids(List<String> texts) {
        return texts.stream().map(UUID::fromString).toList();
    }
}
