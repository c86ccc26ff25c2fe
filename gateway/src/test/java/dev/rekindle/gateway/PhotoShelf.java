package dev.rekindle.gateway;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.AbortUploadResponse;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CompleteUploadResponse;
import dev.rekindle.jobs.v1.ContentHeader;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.CreateUploadResponse;
import dev.rekindle.jobs.v1.GetPhotoContentResponse;
import dev.rekindle.jobs.v1.GetPhotoResponse;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.ReadPhotoContentRequest;
import dev.rekindle.jobs.v1.ReadPhotoContentResponse;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.UploadState;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.jobs.v1.WriteUploadResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.MessageSource;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A photos service that keeps everything in memory, with the rules of the contract that matter at the door. */
final class PhotoShelf {
    static final String ETAG = "tag-1";
    static final int UPLOAD_BYTES_MAX = 32 << 20;
    private static final int CHUNK_BYTES = 64 << 10;

    /** One upload. */
    static final class Box {
        final CreateUploadRequest request;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        UploadState state = UploadState.UPLOAD_STATE_OPEN;
        String photoId = "";

        @Nullable
        Corners corners;

        Box(CreateUploadRequest request) {
            this.request = request;
        }
    }

    /** A file of many chunks. */
    final byte[] large = new byte[12 << 20];

    final Map<String, Box> uploads = new ConcurrentHashMap<>();
    final Map<String, String> byRequestId = new ConcurrentHashMap<>();
    final AtomicLong largestChunk = new AtomicLong();
    final AtomicInteger chunksRead = new AtomicInteger();
    final AtomicInteger broken = new AtomicInteger();
    volatile byte[] content = new byte[0];
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile boolean refuseContent;

    PhotoShelf() {
        new Random(7).nextBytes(large);
    }

    /** A gateway before this shelf alone. */
    GatewayFixture gateway() throws InterruptedException {
        return new GatewayFixture(
                List.of(service()),
                Map.of("limits.upload_bytes_max", String.valueOf(UPLOAD_BYTES_MAX), "limits.idle_max", "5s"));
    }

    /** Empties the shelf but for a photo of 1 MiB, and lets everything pass. */
    void reset() {
        uploads.clear();
        byRequestId.clear();
        chunksRead.set(0);
        broken.set(0);
        gate = new CountDownLatch(0);
        refuseContent = false;
        content = Arrays.copyOf(large, 1 << 20);
    }

    ServerServiceDefinition service() {
        return RpcService.of(PhotosServiceGrpc.getServiceDescriptor())
                .unary(PhotosServiceGrpc.getCreateUploadMethod(), this::create)
                .clientStreaming(PhotosServiceGrpc.getWriteUploadMethod(), this::write)
                .unary(PhotosServiceGrpc.getCompleteUploadMethod(), this::complete)
                .unary(PhotosServiceGrpc.getAbortUploadMethod(), request -> {
                    box(request.getUploadId()).state = UploadState.UPLOAD_STATE_ABORTED;
                    return AbortUploadResponse.getDefaultInstance();
                })
                .unary(
                        PhotosServiceGrpc.getGetPhotoMethod(),
                        request -> GetPhotoResponse.newBuilder()
                                .setPhoto(Photo.newBuilder().setId(request.getPhotoId()))
                                .build())
                .unary(
                        PhotosServiceGrpc.getGetPhotoContentMethod(),
                        request -> GetPhotoContentResponse.newBuilder()
                                .setUrl("https://blobs.example/" + request.getVariant())
                                .build())
                .serverStreaming(PhotosServiceGrpc.getReadPhotoContentMethod(), this::read)
                .build();
    }

    Box box(String id) {
        Box box = uploads.get(id);
        if (box == null) {
            throw Failure.notFound("upload", id);
        }
        return box;
    }

    private CreateUploadResponse create(CreateUploadRequest request) {
        String key = request.getRequestId();
        String id = key.isEmpty()
                ? UUID.randomUUID().toString()
                : byRequestId.computeIfAbsent(key, k -> UUID.randomUUID().toString());
        uploads.computeIfAbsent(id, k -> new Box(request));
        return CreateUploadResponse.newBuilder().setUpload(upload(id)).build();
    }

    private Upload upload(String id) {
        Box box = box(id);
        return Upload.newBuilder()
                .setId(id)
                .setState(box.state)
                .setOffsetBytes(box.bytes.size())
                .setPhotoId(box.photoId)
                .build();
    }

    private WriteUploadResponse write(MessageSource<WriteUploadRequest> requests) throws InterruptedException {
        WriteUploadHeader header = Objects.requireNonNull(requests.next()).getHeader();
        Box box = box(header.getUploadId());
        if (box.state != UploadState.UPLOAD_STATE_OPEN) {
            throw Failure.of(Reason.REASON_STATE_CONFLICT, "The upload is " + box.state + ".");
        }
        if (header.getOffsetBytes() != box.bytes.size()) {
            throw Failure.of(
                    Reason.REASON_OFFSET_MISMATCH,
                    "The upload stands at " + box.bytes.size() + ", not at " + header.getOffsetBytes() + ".");
        }
        try {
            for (var next = requests.next(); next != null; next = requests.next()) {
                largestChunk.accumulateAndGet(next.getChunk().size(), Math::max);
                box.bytes.writeBytes(next.getChunk().toByteArray());
                chunksRead.incrementAndGet();
                gate.await(20, TimeUnit.SECONDS);
            }
        } catch (Failure broke) {
            broken.incrementAndGet();
            throw broke;
        }
        return WriteUploadResponse.newBuilder()
                .setUpload(upload(header.getUploadId()))
                .build();
    }

    private CompleteUploadResponse complete(CompleteUploadRequest request) {
        Box box = box(request.getUploadId());
        if (refuseContent) {
            throw Failure.of(Reason.REASON_UNSUPPORTED_MEDIA, "The bytes are no picture.");
        }
        box.state = UploadState.UPLOAD_STATE_COMPLETED;
        box.photoId = UUID.randomUUID().toString();
        box.corners = request.hasCorners() ? request.getCorners() : null;
        return CompleteUploadResponse.newBuilder()
                .setPhoto(Photo.newBuilder().setId(box.photoId).setFilename(box.request.getFilename()))
                .build();
    }

    private void read(ReadPhotoContentRequest request, MessageSink<ReadPhotoContentResponse> answers)
            throws InterruptedException {
        if (request.getVariant().equals("missing")) {
            throw Failure.notFound("variant", request.getVariant());
        }
        byte[] all = content;
        answers.send(ReadPhotoContentResponse.newBuilder()
                .setHeader(ContentHeader.newBuilder()
                        .setContentType("image/jpeg")
                        .setSizeBytes(all.length)
                        .setEtag(ETAG)
                        .setFilename("Oma & Opa – 1931.jpg"))
                .build());
        int offset = Math.toIntExact(request.getOffsetBytes());
        int end = request.getLimitBytes() == 0
                ? all.length
                : Math.toIntExact(Math.min(all.length, offset + request.getLimitBytes()));
        while (offset < end) {
            int length = Math.min(CHUNK_BYTES, end - offset);
            if (request.getVariant().equals("broken") && offset > 0) {
                throw Failure.of(Reason.REASON_STORAGE_FAILED, "The blob store is away.");
            }
            answers.send(ReadPhotoContentResponse.newBuilder()
                    .setChunk(ByteString.copyFrom(all, offset, length))
                    .build());
            chunksRead.incrementAndGet();
            offset += length;
        }
    }
}
