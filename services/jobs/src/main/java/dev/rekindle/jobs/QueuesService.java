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
import dev.rekindle.jobs.v1.GetQueueRulesRequest;
import dev.rekindle.jobs.v1.GetQueueRulesResponse;
import dev.rekindle.jobs.v1.ListLanesRequest;
import dev.rekindle.jobs.v1.ListLanesResponse;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import dev.rekindle.jobs.v1.PauseLaneResponse;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.RebalanceLanesRequest;
import dev.rekindle.jobs.v1.RebalanceLanesResponse;
import dev.rekindle.jobs.v1.ResumeLaneRequest;
import dev.rekindle.jobs.v1.ResumeLaneResponse;
import dev.rekindle.jobs.v1.RetryDeadLettersRequest;
import dev.rekindle.jobs.v1.RetryDeadLettersResponse;
import dev.rekindle.jobs.v1.UpdateLaneRequest;
import dev.rekindle.jobs.v1.UpdateLaneResponse;
import dev.rekindle.jobs.v1.UpdateQueueRulesRequest;
import dev.rekindle.jobs.v1.UpdateQueueRulesResponse;
import dev.rekindle.jobs.v1.WatchLanesRequest;
import dev.rekindle.jobs.v1.WatchLanesResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/** The RPCs by which operators see and steer lanes, and deal with jobs that failed for good. */
final class QueuesService {
    private final ReadLanes lanes;
    private final SteerLanes steer;
    private final SteerQueue queue;
    private final RebalanceLanes rebalance;
    private final DeadLetters letters;
    private final Clock clock;

    QueuesService(
            ReadLanes lanes,
            SteerLanes steer,
            SteerQueue queue,
            RebalanceLanes rebalance,
            DeadLetters letters,
            Clock clock) {
        this.lanes = lanes;
        this.steer = steer;
        this.queue = queue;
        this.rebalance = rebalance;
        this.letters = letters;
        this.clock = clock;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(QueuesServiceGrpc.getServiceDescriptor())
                .unary(QueuesServiceGrpc.getListLanesMethod(), this::listLanes)
                .unary(QueuesServiceGrpc.getGetLaneMethod(), this::getLane)
                .unary(QueuesServiceGrpc.getUpdateLaneMethod(), this::updateLane)
                .unary(QueuesServiceGrpc.getGetQueueRulesMethod(), this::getQueueRules)
                .unary(QueuesServiceGrpc.getUpdateQueueRulesMethod(), this::updateQueueRules)
                .unary(QueuesServiceGrpc.getPauseLaneMethod(), this::pauseLane)
                .unary(QueuesServiceGrpc.getResumeLaneMethod(), this::resumeLane)
                .unary(QueuesServiceGrpc.getDrainLaneMethod(), this::drainLane)
                .serverStreaming(QueuesServiceGrpc.getWatchLanesMethod(), this::watchLanes)
                .unary(QueuesServiceGrpc.getRebalanceLanesMethod(), this::rebalanceLanes)
                .unary(QueuesServiceGrpc.getListDeadLettersMethod(), letters::list)
                .unary(QueuesServiceGrpc.getGetDeadLetterMethod(), this::getDeadLetter)
                .unary(QueuesServiceGrpc.getRetryDeadLettersMethod(), this::retryDeadLetters)
                .unary(QueuesServiceGrpc.getDiscardDeadLettersMethod(), this::discardDeadLetters)
                .unary(QueuesServiceGrpc.getAnnotateDeadLetterMethod(), this::annotateDeadLetter)
                .build();
    }

    private ListLanesResponse listLanes(ListLanesRequest request) {
        return ListLanesResponse.newBuilder()
                .addAllLanes(lanes.all())
                .setWorkersWanted(lanes.workersWanted())
                .setRefusing(lanes.refusing())
                .build();
    }

    private GetLaneResponse getLane(GetLaneRequest request) {
        return GetLaneResponse.newBuilder()
                .setLane(lanes.one(request.getLane()))
                .build();
    }

    private UpdateLaneResponse updateLane(UpdateLaneRequest request) {
        steer.setLimits(request.getLane(), request.getLimits(), Identity.currentUser());
        return UpdateLaneResponse.newBuilder()
                .setLane(lanes.one(request.getLane()))
                .build();
    }

    private GetQueueRulesResponse getQueueRules(GetQueueRulesRequest request) {
        SteerQueue.Now now = queue.now();
        GetQueueRulesResponse.Builder answer =
                GetQueueRulesResponse.newBuilder().setRules(now.rules());
        now.row()
                .filter(row -> row.getOrderedAt() != null)
                .ifPresent(row ->
                        answer.setChangedBy(row.getOrderedBy()).setChangeTime(Protos.timestamp(row.getOrderedAt())));
        return answer.build();
    }

    private UpdateQueueRulesResponse updateQueueRules(UpdateQueueRulesRequest request) {
        queue.set(request.getRules(), Identity.currentUser());
        return UpdateQueueRulesResponse.newBuilder()
                .setRules(queue.now().rules())
                .build();
    }

    private PauseLaneResponse pauseLane(PauseLaneRequest request) {
        steer.pause(request.getLane(), Identity.currentUser(), request.getReason());
        return PauseLaneResponse.newBuilder()
                .setLane(lanes.one(request.getLane()))
                .build();
    }

    private ResumeLaneResponse resumeLane(ResumeLaneRequest request) {
        steer.resume(request.getLane(), Identity.currentUser());
        return ResumeLaneResponse.newBuilder()
                .setLane(lanes.one(request.getLane()))
                .build();
    }

    private DrainLaneResponse drainLane(DrainLaneRequest request) {
        steer.drain(request.getLane(), Identity.currentUser(), request.getReason());
        return DrainLaneResponse.newBuilder()
                .setLane(lanes.one(request.getLane()))
                .build();
    }

    private void watchLanes(WatchLanesRequest request, MessageSink<WatchLanesResponse> sink)
            throws InterruptedException {
        PollStream.run(
                sink,
                clock,
                () -> WatchLanesResponse.newBuilder()
                        .addAllLanes(lanes.all())
                        .setWorkersWanted(lanes.workersWanted())
                        .setRefusing(lanes.refusing())
                        .build(),
                seen -> false);
    }

    private RebalanceLanesResponse rebalanceLanes(RebalanceLanesRequest request) {
        int moved = request.getUserId().isEmpty() ? rebalance.all() : rebalance.of(request.getUserId());
        return RebalanceLanesResponse.newBuilder().setMovedCount(moved).build();
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
        return letters.discard(Identity.currentUser(), ids(request.getJobIdsList()), request.getReason());
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
