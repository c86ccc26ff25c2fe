package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Point;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.AbortUploadRequest;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.GetPhotoContentRequest;
import dev.rekindle.jobs.v1.GetUploadRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListPhotosRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.ReadPhotoContentRequest;
import dev.rekindle.jobs.v1.ReadPhotoContentResponse;
import dev.rekindle.jobs.v1.ReadPhotoRangeRequest;
import dev.rekindle.jobs.v1.ReadPhotoRangeResponse;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.WorkFailed;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Ending;
import dev.rekindle.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Photos from their first byte to their deletion. */
class PhotosIT {
    private static JobsOfTest test;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of());
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private static List<String> blobsOf(String user) {
        List<String> keys = new ArrayList<>();
        test.blobs.list(BlobKeys.userPrefix(user), blob -> keys.add(blob.key()));
        return keys;
    }

    private static Upload createUpload(String user, long size) {
        return test.photos(user)
                .createUpload(CreateUploadRequest.newBuilder()
                        .setFilename("old.png")
                        .setSizeBytes(size)
                        .build())
                .getUpload();
    }

    /** A PNG that is valid in its header and as large as wanted: chunks of noise after the picture. */
    private static byte[] largePng(int size) {
        byte[] png = JobsOfTest.png(30, 20);
        byte[] large = Arrays.copyOf(png, size);
        int end = png.length - 12; // before IEND
        byte[] tail = Arrays.copyOfRange(png, end, png.length);
        int chunk = size - end - 12 - tail.length;
        java.nio.ByteBuffer.wrap(large, end, 8).putInt(chunk).put(new byte[] {'n', 'o', 'I', 's'});
        byte[] noise = new byte[chunk];
        new Random(7).nextBytes(noise);
        System.arraycopy(noise, 0, large, end + 8, chunk);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(large, end + 4, chunk + 4);
        java.nio.ByteBuffer.wrap(large, end + 8 + chunk, 4).putInt((int) crc.getValue());
        System.arraycopy(tail, 0, large, size - tail.length, tail.length);
        return large;
    }

    @Test
    @Tag("PRC-05")
    void whoever_uploads_chooses_the_pipeline_by_its_name() {
        CreateUploadRequest quick = CreateUploadRequest.newBuilder()
                .setFilename("old.png")
                .setPipeline("quick_processing")
                .build();
        Upload upload = test.photos("pip").createUpload(quick).getUpload();
        test.write("pip", upload.getId(), 0, JobsOfTest.png(40, 30), true);
        CompleteUploadRequest complete =
                CompleteUploadRequest.newBuilder().setUploadId(upload.getId()).build();
        Corners corners = Corners.newBuilder()
                .setTopLeft(Point.newBuilder().setX(0.1).setY(0.1))
                .setTopRight(Point.newBuilder().setX(0.9).setY(0.1))
                .setBottomRight(Point.newBuilder().setX(0.9).setY(0.9))
                .setBottomLeft(Point.newBuilder().setX(0.1).setY(0.9))
                .build();
        Failure cut = JobsIT.refusal(() -> test.photos("pip")
                .completeUpload(complete.toBuilder().setCorners(corners).build()));
        assertThat(cut.violations().getFirst().field()).isEqualTo("corners");
        Photo photo = test.photos("pip").completeUpload(complete).getPhoto();
        Claim claim = test.claim("image");
        WorkOrder order = JobsOfTest.order(claim);
        assertThat(order.getInputs(0).getPhotoId()).isEqualTo(photo.getId());
        assertThat(order.getPipeline()).isEqualTo("quick_processing");
        assertThat(test.finish(claim, "prepared")).isTrue();
        Failure unknown = JobsIT.refusal(() -> test.photos("pip")
                .createUpload(quick.toBuilder().setPipeline("slow_processing").build()));
        assertThat(unknown.violations().getFirst().field()).isEqualTo("pipeline");
        assertThat(unknown.violations().getFirst().description())
                .contains("is \"slow_processing\"; expected full_processing or quick_processing");
        Failure both = JobsIT.refusal(() -> test.photos("pip")
                .createUpload(quick.toBuilder().setCorners(corners).build()));
        assertThat(both.message()).contains("corners are for full_processing");
    }

    @Test
    @Tag("PHO-01")
    @Tag("PHO-04")
    void an_upload_becomes_a_photo_that_is_prepared() throws Exception {
        byte[] png = JobsOfTest.png(40, 30);
        Photo photo = test.upload("ada", png);
        assertThat(photo.getState()).isEqualTo(PhotoState.PHOTO_STATE_PREPARING);
        assertThat(photo.getMetadata().getType()).isEqualTo(MediaType.MEDIA_TYPE_PNG);
        assertThat(photo.getMetadata().getWidth()).isEqualTo(40);
        assertThat(photo.getMetadata().getSha256()).hasSize(64);
        test.prepare(test.claim("image"));
        Photo ready = Eventually.answers(() -> {
            Photo now = test.photo("ada", photo.getId());
            assertThat(now.getState()).isEqualTo(PhotoState.PHOTO_STATE_READY);
            return now;
        });
        assertThat(ready.getVariantsList())
                .extracting(variant -> variant.getName())
                .containsExactlyInAnyOrder("original", "prepared", "thumb_150");
        assertThat(read("ada", photo.getId(), "original")).isEqualTo(png);
        try (HttpClient client = HttpClient.newHttpClient()) {
            String url = test.photos("ada")
                    .getPhotoContent(GetPhotoContentRequest.newBuilder()
                            .setPhotoId(photo.getId())
                            .setVariant("thumb_150")
                            .build())
                    .getUrl();
            assertThat(client.send(
                                    HttpRequest.newBuilder(URI.create(url)).build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
        Eventually.holds(() -> assertThat(test.peers.eventTypes(ready.getPreparationJobId()))
                .contains(
                        "photo.uploaded",
                        "photo.processing.started",
                        "photo.thumbnail.generated",
                        "photo.processing.completed"));
    }

    private static byte[] read(String user, String photoId, String variant) {
        Iterator<ReadPhotoContentResponse> parts = test.photos(user)
                .readPhotoContent(ReadPhotoContentRequest.newBuilder()
                        .setPhotoId(photoId)
                        .setVariant(variant)
                        .build());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(parts.next().hasHeader()).isTrue();
        parts.forEachRemaining(part -> bytes.writeBytes(part.getChunk().toByteArray()));
        return bytes.toByteArray();
    }

    @Test
    @Tag("PHO-02")
    void a_broken_upload_goes_on_from_what_was_stored() {
        byte[] png = largePng(20 << 20);
        Upload upload = createUpload("res", png.length);
        Upload broken = test.write("res", upload.getId(), 0, Arrays.copyOf(png, 19 << 20), false);
        assertThat(broken.getOffsetBytes()).isEqualTo(16 << 20);
        Failure early = JobsIT.refusal(() -> test.photos("res")
                .completeUpload(CompleteUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .build()));
        assertThat(early.message()).contains("Only 16777216 of 20971520 bytes have arrived");
        Failure wrong = JobsIT.refusal(() -> test.write("res", upload.getId(), 5, new byte[3], true));
        assertThat(wrong.reason()).isEqualTo(Reason.REASON_OFFSET_MISMATCH);
        test.write("res", upload.getId(), 16 << 20, Arrays.copyOfRange(png, 16 << 20, png.length), true);
        Photo photo = test.photos("res")
                .completeUpload(CompleteUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .build())
                .getPhoto();
        assertThat(read("res", photo.getId(), "original")).isEqualTo(png);
        Photo again = test.photos("res")
                .completeUpload(CompleteUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .build())
                .getPhoto();
        assertThat(again.getId()).isEqualTo(photo.getId());
        test.prepare(test.claim("image"));
    }

    @Test
    @Tag("PHO-03")
    @Tag("PHO-05")
    void rubbish_is_refused_and_leaves_nothing_behind() {
        byte[] bomb = largePng(4096);
        java.nio.ByteBuffer.wrap(bomb, 16, 8).putInt(30_000).putInt(30_000); // IHDR says 30000 × 30000
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(bomb, 12, 17);
        java.nio.ByteBuffer.wrap(bomb, 29, 4).putInt((int) crc.getValue());
        Map<String, byte[]> rubbish = Map.of(
                "text",
                "hello, I am a photo.jpg".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "empty header",
                new byte[] {(byte) 0x89, 'P', 'N', 'G'},
                "bomb",
                bomb,
                "a picture that shows nothing",
                JobsOfTest.png(40, 15),
                "half a picture",
                Arrays.copyOf(largePng(4096), 2048));
        rubbish.forEach((name, bytes) -> {
            Upload upload = createUpload("rub", bytes.length);
            test.write("rub", upload.getId(), 0, bytes, true);
            Failure failure = JobsIT.refusal(() -> test.photos("rub")
                    .completeUpload(CompleteUploadRequest.newBuilder()
                            .setUploadId(upload.getId())
                            .build()));
            assertThat(failure.reason())
                    .as(name)
                    .isIn(Reason.REASON_UNSUPPORTED_MEDIA, Reason.REASON_CORRUPT_MEDIA, Reason.REASON_TOO_MANY_PIXELS);
        });
        Eventually.holds(() -> assertThat(blobsOf("rub")).isEmpty());
        assertThat(test.photos("rub")
                        .listPhotos(ListPhotosRequest.getDefaultInstance())
                        .getPhotosList())
                .isEmpty();
    }

    @Test
    @Tag("PHO-01")
    void more_bytes_than_announced_or_allowed_are_refused() {
        Failure large = JobsIT.refusal(() -> createUpload("big", 51L << 20));
        assertThat(large.reason()).isEqualTo(Reason.REASON_TOO_LARGE);
        assertThat(large.message()).contains("53477376").contains("52428800");
        Upload upload = createUpload("big", 10);
        Failure more = JobsIT.refusal(() -> test.write("big", upload.getId(), 0, new byte[11], true));
        assertThat(more.message()).contains("11 bytes; 10 were announced");
        test.photos("big")
                .abortUpload(AbortUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .build());
        Eventually.holds(() -> assertThat(blobsOf("big")).isEmpty());
    }

    @Test
    void a_checksum_that_differs_is_told() {
        byte[] png = JobsOfTest.png(20, 20);
        Upload upload = test.photos("sum")
                .createUpload(CreateUploadRequest.newBuilder()
                        .setSizeBytes(png.length)
                        .setSha256("0".repeat(64))
                        .build())
                .getUpload();
        test.write("sum", upload.getId(), 0, png, true);
        Failure failure = JobsIT.refusal(() -> test.photos("sum")
                .completeUpload(CompleteUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .build()));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_CHECKSUM_MISMATCH);
    }

    @Test
    @Tag("PHO-04")
    void a_deleted_photo_takes_its_rows_blobs_and_open_jobs_with_it() {
        Photo photo = test.preparedPhoto("del");
        Job done = test.createJob("del", photo);
        test.finish(test.claim("ai"), "result");
        Eventually.holds(
                () -> assertThat(test.job("del", done.getId()).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED));
        Job open = test.createJob("del", photo);
        test.photos("del")
                .deletePhoto(DeletePhotoRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .build());
        assertThat(JobsIT.refusal(() -> test.photo("del", photo.getId())).reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(test.job("del", open.getId()).getState()).isEqualTo(JobState.JOB_STATE_CANCELLED);
        Eventually.holds(() -> assertThat(blobsOf("del")).isEmpty());
    }

    @Test
    @Tag("PRC-10")
    void a_job_waits_for_its_photo_and_fails_with_it() {
        Photo photo = test.upload("wai", JobsOfTest.png(30, 30));
        int before = test.peers.balance("wai");
        Job job = test.createJob("wai", photo);
        assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_PENDING);
        test.queue.finish(
                test.claim("image"),
                Ending.FAILED,
                WorkReport.newBuilder()
                        .setFailed(WorkFailed.newBuilder()
                                .setError(JobError.newBuilder()
                                        .setReason(Reason.REASON_CORRUPT_MEDIA)
                                        .setMessage("The picture is broken.")
                                        .setFailureClass(FailureClass.FAILURE_CLASS_DATA)))
                        .build()
                        .toByteString());
        Eventually.holds(
                () -> assertThat(test.job("wai", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_FAILED));
        assertThat(test.photo("wai", photo.getId()).getError().getMessage()).isEqualTo("The picture is broken.");
        Eventually.holds(() -> assertThat(test.peers.balance("wai")).isEqualTo(before));
    }

    @Test
    @Tag("PRC-10")
    void a_job_created_before_its_photo_is_ready_goes_on_by_itself() {
        Photo photo = test.upload("soon", JobsOfTest.png(30, 30));
        Job job = test.createJob("soon", photo);
        test.prepare(test.claim("image"));
        assertThat(test.finish(test.claim("ai"), "result")).isTrue();
        Eventually.holds(
                () -> assertThat(test.job("soon", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED));
    }

    @Test
    void a_user_id_cannot_break_out_of_its_prefix() {
        assertThat(BlobKeys.userPrefix("../../etc")).isEqualTo("users/~2e~2e~2f~2e~2e~2fetc/");
        assertThat(BlobKeys.userPrefix("auth0|ada")).isEqualTo("users/auth0~7cada/");
        assertThat(BlobKeys.userPrefix("ada~2f")).isNotEqualTo(BlobKeys.userPrefix("ada/"));
    }

    @Test
    @Tag("PHO-02")
    void an_upload_tells_where_it_stands() {
        Upload upload = createUpload("whe", 100);
        Upload seen = test.photos("whe")
                .getUpload(GetUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .build())
                .getUpload();
        assertThat(seen.getOffsetBytes()).isZero();
        assertThat(seen.hasExpireTime()).isTrue();
        assertThat(JobsIT.refusal(() -> test.photos("thief")
                                .getUpload(GetUploadRequest.newBuilder()
                                        .setUploadId(upload.getId())
                                        .build()))
                        .reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
    }

    @Test
    @Tag("IMG-09")
    void a_service_reads_pieces_of_a_users_photo_and_no_user_does() {
        Photo photo = test.upload("ran", JobsOfTest.png(40, 30));
        test.prepare(test.claim("image"));
        byte[] png = read("ran", photo.getId(), "original");
        var service = PhotosServiceGrpc.newBlockingStub(test.asService("processing"));
        ReadPhotoRangeRequest.Builder request = ReadPhotoRangeRequest.newBuilder()
                .setUserId("ran")
                .setPhotoId(photo.getId())
                .setLengthBytes(1 << 20);
        ReadPhotoRangeResponse whole = service.readPhotoRange(request.build());
        assertThat(whole.getContent().toByteArray()).isEqualTo(png);
        assertThat(whole.getSizeBytes()).isEqualTo(png.length);
        assertThat(whole.getSha256()).isEqualTo(photo.getMetadata().getSha256());
        ReadPhotoRangeResponse piece = service.readPhotoRange(
                request.setOffsetBytes(10).setLengthBytes(5).build());
        assertThat(piece.getContent().toByteArray()).isEqualTo(Arrays.copyOfRange(png, 10, 15));
        assertThat(service.readPhotoRange(request.setOffsetBytes(png.length).build())
                        .getContent())
                .isEmpty();
        assertThat(JobsIT.refusal(() -> service.readPhotoRange(
                                request.clone().setUserId("thief").build()))
                        .reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(JobsIT.refusal(() -> test.photos("ran").readPhotoRange(request.build()))
                        .reason())
                .isEqualTo(Reason.REASON_PERMISSION_DENIED);
    }
}
