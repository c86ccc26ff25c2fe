package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.DrainLaneRequest;
import dev.rekindle.jobs.v1.DrainLaneResponse;
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
import dev.rekindle.jobs.v1.UpdateLaneRequest;
import dev.rekindle.jobs.v1.UpdateLaneResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.queue.Queue;
import io.grpc.ServerServiceDefinition;

/** The RPCs by which operators see and steer lanes. Watching, rebalancing and dead letters are not bound yet. */
final class QueuesService {
    private final Queue queue;

    QueuesService(Queue queue) {
        this.queue = queue;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(QueuesServiceGrpc.getServiceDescriptor())
                .unary(QueuesServiceGrpc.getListLanesMethod(), this::listLanes)
                .unary(QueuesServiceGrpc.getGetLaneMethod(), this::getLane)
                .unary(QueuesServiceGrpc.getUpdateLaneMethod(), this::updateLane)
                .unary(QueuesServiceGrpc.getPauseLaneMethod(), this::pauseLane)
                .unary(QueuesServiceGrpc.getResumeLaneMethod(), this::resumeLane)
                .unary(QueuesServiceGrpc.getDrainLaneMethod(), this::drainLane)
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
}
