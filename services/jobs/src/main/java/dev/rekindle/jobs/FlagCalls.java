package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.FlagPhotoRequest;
import dev.rekindle.jobs.v1.FlagPhotoResponse;
import dev.rekindle.jobs.v1.GetFlaggedPhotoRequest;
import dev.rekindle.jobs.v1.GetFlaggedPhotoResponse;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.ResolveFlagRequest;
import dev.rekindle.jobs.v1.ResolveFlagResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.util.UUID;

/** The RPCs of flags. */
final class FlagCalls {
    private final Flags flags;

    FlagCalls(Flags flags) {
        this.flags = flags;
    }

    RpcService.Builder bind(RpcService.Builder service) {
        return service.unary(PhotosServiceGrpc.getFlagPhotoMethod(), this::flag)
                .unary(PhotosServiceGrpc.getListFlagsMethod(), flags::list)
                .unary(PhotosServiceGrpc.getGetFlaggedPhotoMethod(), this::look)
                .unary(PhotosServiceGrpc.getResolveFlagMethod(), this::resolve);
    }

    private FlagPhotoResponse flag(FlagPhotoRequest request) {
        return FlagPhotoResponse.newBuilder()
                .setFlag(
                        flags.flag(Identity.currentUser(), UUID.fromString(request.getPhotoId()), request.getComment()))
                .build();
    }

    private GetFlaggedPhotoResponse look(GetFlaggedPhotoRequest request) {
        return flags.look(Identity.currentUser(), UUID.fromString(request.getFlagId()));
    }

    private ResolveFlagResponse resolve(ResolveFlagRequest request) {
        return ResolveFlagResponse.newBuilder()
                .setFlag(flags.resolve(
                        Identity.currentUser(),
                        UUID.fromString(request.getFlagId()),
                        request.getUphold(),
                        request.getComment()))
                .build();
    }
}
