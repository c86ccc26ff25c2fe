package dev.rekindle.jobs;

import dev.rekindle.jobs.v1.AbortUploadRequest;
import dev.rekindle.jobs.v1.AbortUploadResponse;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CompleteUploadResponse;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.CreateUploadResponse;
import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.DeletePhotoResponse;
import dev.rekindle.jobs.v1.GetPhotoContentRequest;
import dev.rekindle.jobs.v1.GetPhotoContentResponse;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.GetPhotoResponse;
import dev.rekindle.jobs.v1.GetUploadRequest;
import dev.rekindle.jobs.v1.GetUploadResponse;
import dev.rekindle.jobs.v1.ListPhotosRequest;
import dev.rekindle.jobs.v1.ListPhotosResponse;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.ReadPhotoContentRequest;
import dev.rekindle.jobs.v1.ReadPhotoContentResponse;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.jobs.v1.WriteUploadResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.MessageSource;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.platform.telemetry.Traces;
import io.grpc.ServerServiceDefinition;
import java.util.UUID;

/** The RPCs of uploads and photos; those of flags and hand-overs are bound beside. */
final class PhotosService {
    private final Uploads uploads;
    private final CompleteUpload complete;
    private final Photos photos;
    private final DeletePhoto delete;
    private final Peers peers;

    PhotosService(Uploads uploads, CompleteUpload complete, Photos photos, DeletePhoto delete, Peers peers) {
        this.uploads = uploads;
        this.complete = complete;
        this.photos = photos;
        this.delete = delete;
        this.peers = peers;
    }

    ServerServiceDefinition definition(FlagCalls flags, HandoffCalls handoffs) {
        RpcService.Builder service = RpcService.of(PhotosServiceGrpc.getServiceDescriptor());
        return handoffs.bind(flags.bind(service))
                .unary(PhotosServiceGrpc.getCreateUploadMethod(), this::createUpload)
                .unary(PhotosServiceGrpc.getGetUploadMethod(), this::getUpload)
                .clientStreaming(PhotosServiceGrpc.getWriteUploadMethod(), this::writeUpload)
                .unary(PhotosServiceGrpc.getCompleteUploadMethod(), this::completeUpload)
                .unary(PhotosServiceGrpc.getAbortUploadMethod(), this::abortUpload)
                .unary(PhotosServiceGrpc.getGetPhotoMethod(), this::getPhoto)
                .unary(PhotosServiceGrpc.getListPhotosMethod(), this::listPhotos)
                .unary(PhotosServiceGrpc.getDeletePhotoMethod(), this::deletePhoto)
                .unary(PhotosServiceGrpc.getGetPhotoContentMethod(), this::getPhotoContent)
                .serverStreaming(PhotosServiceGrpc.getReadPhotoContentMethod(), this::readPhotoContent)
                .unary(PhotosServiceGrpc.getReadPhotoRangeMethod(), photos::range)
                .build();
    }

    private CreateUploadResponse createUpload(CreateUploadRequest request) {
        Uploader by = Uploader.current();
        return CreateUploadResponse.newBuilder()
                .setUpload(uploads.create(by, request, bytesMax(by.userId())))
                .build();
    }

    private long bytesMax(String user) {
        return peers.terms(user).limits().getUploadBytesMax();
    }

    private GetUploadResponse getUpload(GetUploadRequest request) {
        return GetUploadResponse.newBuilder()
                .setUpload(uploads.get(Uploader.current(), UUID.fromString(request.getUploadId())))
                .build();
    }

    private WriteUploadResponse writeUpload(MessageSource<WriteUploadRequest> stream) throws InterruptedException {
        Uploader by = Uploader.current();
        return WriteUploadResponse.newBuilder()
                .setUpload(uploads.write(by, stream, bytesMax(by.userId())))
                .build();
    }

    private CompleteUploadResponse completeUpload(CompleteUploadRequest request) {
        Uploader by = Uploader.current();
        UUID photoId = complete.run(by, request, peers.terms(by.userId()), Traces.current());
        return CompleteUploadResponse.newBuilder()
                .setPhoto(photos.get(by.userId(), photoId))
                .build();
    }

    private AbortUploadResponse abortUpload(AbortUploadRequest request) {
        uploads.abort(Uploader.current(), UUID.fromString(request.getUploadId()));
        return AbortUploadResponse.getDefaultInstance();
    }

    private GetPhotoResponse getPhoto(GetPhotoRequest request) {
        return GetPhotoResponse.newBuilder()
                .setPhoto(photos.get(Identity.currentUser(), UUID.fromString(request.getPhotoId())))
                .build();
    }

    private ListPhotosResponse listPhotos(ListPhotosRequest request) {
        return photos.list(Identity.currentUser(), request);
    }

    private DeletePhotoResponse deletePhoto(DeletePhotoRequest request) {
        delete.run(Identity.currentUser(), UUID.fromString(request.getPhotoId()));
        return DeletePhotoResponse.getDefaultInstance();
    }

    private GetPhotoContentResponse getPhotoContent(GetPhotoContentRequest request) {
        return photos.content(Identity.currentUser(), UUID.fromString(request.getPhotoId()), request.getVariant());
    }

    private void readPhotoContent(ReadPhotoContentRequest request, MessageSink<ReadPhotoContentResponse> sink)
            throws InterruptedException {
        photos.read(Identity.currentUser(), request, sink);
    }
}
