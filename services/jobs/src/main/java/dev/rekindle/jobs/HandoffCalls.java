package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.ClaimHandoffRequest;
import dev.rekindle.jobs.v1.ClaimHandoffResponse;
import dev.rekindle.jobs.v1.CreateHandoffRequest;
import dev.rekindle.jobs.v1.CreateHandoffResponse;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.VerifyHandoffRequest;
import dev.rekindle.jobs.v1.VerifyHandoffResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;

/** The RPCs of hand-overs. */
final class HandoffCalls {
    private final Handoffs handoffs;

    HandoffCalls(Handoffs handoffs) {
        this.handoffs = handoffs;
    }

    RpcService.Builder bind(RpcService.Builder service) {
        return service.unary(PhotosServiceGrpc.getCreateHandoffMethod(), this::create)
                .unary(PhotosServiceGrpc.getClaimHandoffMethod(), this::claim)
                .unary(PhotosServiceGrpc.getVerifyHandoffMethod(), this::verify);
    }

    private CreateHandoffResponse create(CreateHandoffRequest request) {
        return CreateHandoffResponse.newBuilder()
                .setHandoff(handoffs.create(Identity.currentUser(), request.getSessionId()))
                .build();
    }

    private ClaimHandoffResponse claim(ClaimHandoffRequest request) {
        return handoffs.claim(new HandoffSecret(request.getCode()));
    }

    private VerifyHandoffResponse verify(VerifyHandoffRequest request) {
        return handoffs.verify(new HandoffSecret(request.getToken()));
    }
}
