package dev.rekindle.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.ReadPhotoRangeRequest;
import dev.rekindle.jobs.v1.ReadPhotoRangeResponse;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.v1.ProbeMediaRequest;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.testkit.Mesh;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is in a file, asked of the processing service, which reads it from a jobs service piece by piece. */
@Tag("IMG-09")
class ProbeMediaIT {
    /** Files by owner and photo. */
    private static final Map<String, byte[]> files = new ConcurrentHashMap<>();

    private static final AtomicLong bytesRead = new AtomicLong();
    private static Telemetry telemetry;
    private static RpcServer jobs;
    private static ProcessingMain main;

    @BeforeAll
    static void start() {
        telemetry = Mesh.telemetry();
        jobs = Mesh.serve(
                "jobs",
                telemetry,
                List.of(RpcService.of(PhotosServiceGrpc.getServiceDescriptor())
                        .unary(PhotosServiceGrpc.getReadPhotoRangeMethod(), ProbeMediaIT::range)
                        .build()));
        main = ProcessingMain.start(
                Mesh.settings(
                        Mesh.identity("processing"),
                        Mesh.redis(),
                        Map.of(
                                "queue.namespace", "probe-" + Ids.timeOrdered().next(),
                                "services.jobs", "127.0.0.1:" + jobs.port())),
                telemetry,
                Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        main.close();
        jobs.close();
        telemetry.close();
    }

    private static ReadPhotoRangeResponse range(ReadPhotoRangeRequest request) {
        assertThat(Identity.current().roles()).containsExactly(Role.ROLE_INTERNAL);
        byte[] file = files.get(request.getUserId() + " " + request.getPhotoId());
        if (file == null) {
            throw Failure.notFound("photo", request.getPhotoId());
        }
        int from = (int) Math.min(request.getOffsetBytes(), file.length);
        int to = Math.min(from + request.getLengthBytes(), file.length);
        bytesRead.addAndGet(to - from);
        return ReadPhotoRangeResponse.newBuilder()
                .setContent(ByteString.copyFrom(file, from, to - from))
                .setSizeBytes(file.length)
                .setSha256("ab".repeat(32))
                .build();
    }

    private static String keep(String user, byte[] file) {
        String id = Ids.timeOrdered().next().toString();
        files.put(user + " " + id, file);
        return id;
    }

    private static MediaMetadata probe(Identity caller, String photoId) {
        try (RpcChannel channel = Mesh.channel(main.port(), caller, telemetry)) {
            return ProcessingServiceGrpc.newBlockingStub(channel.channel())
                    .probeMedia(
                            ProbeMediaRequest.newBuilder().setPhotoId(photoId).build())
                    .getMetadata();
        }
    }

    private static Failure refusal(Identity caller, String photoId) {
        return Failures.of(catchThrowableOfType(StatusRuntimeException.class, () -> probe(caller, photoId)));
    }

    @Test
    void a_file_tells_type_size_turning_and_tags_less_what_is_private() {
        byte[] jpeg = TestPhotos.withSegment(TestPhotos.bytes("coffee"), 0xe1, TestPhotos.exif(6));
        MediaMetadata upright = TestPhotos.header(TestPhotos.bytes("coffee")).metadata();
        MediaMetadata told = probe(Mesh.user("ada"), keep("ada", jpeg));
        assertThat(told.getType()).isEqualTo(MediaType.MEDIA_TYPE_JPEG);
        assertThat(told.getSizeBytes()).isEqualTo(jpeg.length);
        assertThat(told.getSha256()).isEqualTo("ab".repeat(32));
        assertThat(told.getWidth()).as("turned by a quarter").isEqualTo(upright.getHeight());
        assertThat(told.getHeight()).isEqualTo(upright.getWidth());
        assertThat(told.getImage().getExif().toString()).contains("Maker-7").doesNotContain("SECRET1", "48", "GPS");
    }

    @Test
    void of_a_large_file_only_its_head_is_read() {
        byte[] jpeg = TestPhotos.withSegment(TestPhotos.bytes("rocket"), 0xe1, TestPhotos.exif(1));
        byte[] large = Arrays.copyOf(jpeg, 40 << 20);
        bytesRead.set(0);
        MediaMetadata told = probe(Mesh.user("ada"), keep("ada", large));
        assertThat(told.getSizeBytes()).isEqualTo(40 << 20);
        assertThat(told.getImage().getExif().toString()).contains("Maker-7");
        assertThat(bytesRead.get()).isLessThan(2 << 20);
    }

    @Test
    void what_is_anothers_is_not_there_and_rubbish_is_said_to_be_rubbish() {
        String photo = keep("ada", TestPhotos.bytes("camera"));
        assertThat(refusal(Mesh.user("thief"), photo).reason()).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(refusal(Mesh.admin("root"), photo).reason()).isEqualTo(Reason.REASON_PERMISSION_DENIED);
        String text = keep("ada", "no picture at all, but words".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThat(refusal(Mesh.user("ada"), text).reason()).isEqualTo(Reason.REASON_UNSUPPORTED_MEDIA);
        byte[] half = Arrays.copyOf(TestPhotos.bytes("camera"), 30);
        assertThat(refusal(Mesh.user("ada"), keep("ada", half)).reason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
    }
}
