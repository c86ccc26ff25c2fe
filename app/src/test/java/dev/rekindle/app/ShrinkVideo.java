package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.jobs.v1.VideoSpec;
import dev.rekindle.jobs.v1.WatchJobRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/** A user's video through the front door: uploaded, made smaller, downloaded. */
final class ShrinkVideo {
    private final OneMachine machine;
    private final String token;
    private final JobsServiceGrpc.JobsServiceBlockingStub jobs;
    private final PhotosServiceGrpc.PhotosServiceBlockingStub photos;

    ShrinkVideo(OneMachine machine, LocalSession session) {
        this.machine = machine;
        this.token = LocalSession.issuer(machine.secrets())
                .token(RestorePhoto.USER, Set.of(Role.ROLE_USER), Duration.ofHours(1));
        this.jobs = JobsServiceGrpc.newBlockingStub(session.as(RestorePhoto.USER, Role.ROLE_USER));
        this.photos = PhotosServiceGrpc.newBlockingStub(session.as(RestorePhoto.USER, Role.ROLE_USER));
    }

    private HttpResponse<byte[]> send(String path, HttpRequest.Builder request) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    request.uri(URI.create("http://127.0.0.1:" + machine.port() + path))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    /** Does it all; answers the job. */
    Job run() throws Exception {
        byte[] video = video();
        String uploadId = photos.createUpload(CreateUploadRequest.newBuilder()
                        .setFilename("birthday.mp4")
                        .setSizeBytes(video.length)
                        .build())
                .getUpload()
                .getId();
        HttpResponse<byte[]> stored = send(
                "/v1/uploads/" + uploadId + "/content",
                HttpRequest.newBuilder().PUT(HttpRequest.BodyPublishers.ofByteArray(video)));
        assertThat(stored.statusCode()).isEqualTo(200);
        String photoId = photos.completeUpload(
                        CompleteUploadRequest.newBuilder().setUploadId(uploadId).build())
                .getPhoto()
                .getId();
        Job job = jobs.createJob(CreateJobRequest.newBuilder()
                        .addPhotoIds(photoId)
                        .setSpec(JobSpec.newBuilder()
                                .setVideo(VideoSpec.newBuilder()
                                        .addOutputs(VideoOutputSpec.newBuilder()
                                                .setName("small")
                                                .setPreset("mobile_video")
                                                .setTranscode(TranscodeSpec.newBuilder()
                                                        .setWidth(80)
                                                        .setSpeed("ultrafast")))))
                        .build())
                .getJob();
        Job[] last = {job};
        jobs.watchJob(WatchJobRequest.newBuilder().setJobId(job.getId()).build())
                .forEachRemaining(answer -> last[0] = answer.getJob());
        assertThat(last[0].getState()).as(last[0].toString()).isEqualTo(JobState.JOB_STATE_COMPLETED);
        check(photoId, last[0]);
        return last[0];
    }

    private void check(String photoId, Job job) throws Exception {
        Photo photo = photos.getPhoto(
                        GetPhotoRequest.newBuilder().setPhotoId(photoId).build())
                .getPhoto();
        assertThat(photo.getMetadata().getVideo().getVideoCodec()).isEqualTo("h264");
        assertThat(photo.getVariantsList()).extracting("name").contains("poster", "thumb_150");
        var output = job.getOutputs(0);
        assertThat(output.getMetadata().getWidth()).isEqualTo(80);
        String path = "/v1/photos/" + photoId + "/content?variant=" + output.getId();
        HttpResponse<byte[]> whole = send(path, HttpRequest.newBuilder().GET());
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.headers().firstValue("Content-Type")).contains("video/mp4");
        assertThat(whole.body()).hasSize((int) output.getMetadata().getSizeBytes());
        assertThat(new String(whole.body(), 4, 4, StandardCharsets.ISO_8859_1)).isEqualTo("ftyp");
        HttpResponse<byte[]> poster = send(
                "/v1/photos/" + photoId + "/content", HttpRequest.newBuilder().GET());
        assertThat(poster.headers().firstValue("Content-Type")).contains("image/jpeg");
    }

    private static byte[] video() throws IOException {
        try (InputStream in = ShrinkVideo.class.getResourceAsStream("tiny.mp4")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }
}
