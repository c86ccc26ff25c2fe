package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.AdmitUserRequest;
import dev.rekindle.jobs.v1.AdmitUserResponse;
import dev.rekindle.jobs.v1.EraseUserRequest;
import dev.rekindle.jobs.v1.EraseUserResponse;
import dev.rekindle.jobs.v1.GetArchiveRequest;
import dev.rekindle.jobs.v1.GetArchiveResponse;
import dev.rekindle.jobs.v1.UserDataServiceGrpc;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import java.util.UUID;

/** The RPCs by which another service gathers and erases what there is of a user. */
final class UserDataService {
    private final WriteArchive write;
    private final Exports exports;
    private final EraseUser erase;

    UserDataService(WriteArchive write, Exports exports, EraseUser erase) {
        this.write = write;
        this.exports = exports;
        this.erase = erase;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(UserDataServiceGrpc.getServiceDescriptor())
                .clientStreaming(UserDataServiceGrpc.getWriteArchiveMethod(), write::run)
                .unary(UserDataServiceGrpc.getGetArchiveMethod(), this::getArchive)
                .unary(UserDataServiceGrpc.getEraseUserMethod(), this::eraseUser)
                .unary(UserDataServiceGrpc.getAdmitUserMethod(), this::admitUser)
                .build();
    }

    private GetArchiveResponse getArchive(GetArchiveRequest request) {
        return exports.get(request.getUserId(), UUID.fromString(request.getArchiveId()));
    }

    private EraseUserResponse eraseUser(EraseUserRequest request) {
        return EraseUserResponse.newBuilder()
                .setMore(erase.run(request.getUserId()))
                .build();
    }

    private AdmitUserResponse admitUser(AdmitUserRequest request) {
        erase.admit(request.getUserId());
        return AdmitUserResponse.getDefaultInstance();
    }
}
