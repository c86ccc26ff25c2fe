package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.jobs.v1.Container;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.GetPhotoContentRequest;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoCodec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.jobs.v1.VideoSpec;
import dev.rekindle.jobs.v1.VideoThumbnailsSpec;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.queue.Claim;
import dev.rekindle.queue.Ending;
import dev.rekindle.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A video's way through the jobs service, from its upload to what the worker is handed. */
class VideosIT {
    private static JobsOfTest test;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of("limits.video_bytes_max", "20000", "limits.photo_bytes_max", "10000"));
        test.peers.setLimits(test.peers.limits().toBuilder()
                .setVideoDurationMax(Durations.fromSeconds(60))
                .build());
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    /** As much of an MP4 as this service looks at. */
    private static byte[] mp4(int size) {
        byte[] file = new byte[size];
        byte[] head = "\0\0\0\u0010ftypisom\0\0\2\0".getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(head, 0, file, 0, head.length);
        return file;
    }

    /** A video of three seconds that was looked at. */
    private static Photo video(String user) {
        Photo photo = test.upload(user, mp4(2_000));
        Claim claim = test.claim("video");
        WorkOrder order = JobsOfTest.order(claim);
        assertThat(order.getInputs(0).getMetadata().hasVideo()).isTrue();
        String key = order.getOutputPrefix() + claim.leaseId() + "/poster.jpg";
        byte[] poster = JobsOfTest.png(20, 15);
        test.blobs.put(key, poster, "image/jpeg");
        WorkCompleted completed = WorkCompleted.newBuilder()
                .setInputMetadata(MediaMetadata.newBuilder()
                        .setType(MediaType.MEDIA_TYPE_MP4)
                        .setSizeBytes(2_000)
                        .setWidth(1920)
                        .setHeight(1080)
                        .setVideo(VideoMetadata.newBuilder()
                                .setDuration(Durations.fromSeconds(3))
                                .setVideoCodec("h264")))
                .addOutputs(WorkOutput.newBuilder()
                        .setName("poster")
                        .setBlobKey(key)
                        .setContentType("image/jpeg")
                        .setMetadata(MediaMetadata.newBuilder().setSizeBytes(poster.length)))
                .build();
        assertThat(test.queue.finish(
                        claim,
                        Ending.COMPLETED,
                        WorkReport.newBuilder().setCompleted(completed).build().toByteString()))
                .isTrue();
        return Eventually.answers(() -> {
            Photo now = test.photo(user, photo.getId());
            assertThat(now.getState()).isEqualTo(PhotoState.PHOTO_STATE_READY);
            return now;
        });
    }

    private static JobSpec spec(VideoOutputSpec.Builder output) {
        return JobSpec.newBuilder()
                .setVideo(VideoSpec.newBuilder().addOutputs(output.setName("mine")))
                .build();
    }

    private static VideoOutputSpec.Builder file(TranscodeSpec.Builder file) {
        return VideoOutputSpec.newBuilder().setTranscode(file);
    }

    private static Failure refusal(String user, Photo photo, JobSpec spec) {
        int before = test.peers.balance(user);
        Failure failure = JobsIT.refusal(() -> test.jobs(user)
                .createJob(CreateJobRequest.newBuilder()
                        .addPhotoIds(photo.getId())
                        .setSpec(spec)
                        .build()));
        assertThat(test.peers.balance(user)).isEqualTo(before);
        assertThat(test.jobs(user)
                        .listJobs(ListJobsRequest.getDefaultInstance())
                        .getJobsList())
                .isEmpty();
        assertThat(JobsIT.refusal(() -> test.jobs(user)
                                .quoteJob(QuoteJobRequest.newBuilder()
                                        .addPhotoIds(photo.getId())
                                        .setSpec(spec)
                                        .build()))
                        .message())
                .as("what a quote says")
                .isEqualTo(failure.message());
        return failure;
    }

    @Test
    @Tag("VID-01")
    @Tag("VID-08")
    void a_video_is_taken_looked_at_by_a_worker_for_videos_and_shown_by_its_poster() {
        Photo video = video("vera");
        assertThat(video.getMetadata().getVideo().getVideoCodec()).isEqualTo("h264");
        assertThat(video.getMetadata().getWidth()).isEqualTo(1920);
        assertThat(video.getVariantsList()).extracting("name").containsExactly("original", "poster");
        assertThat(test.photos("vera")
                        .getPhotoContent(GetPhotoContentRequest.newBuilder()
                                .setPhotoId(video.getId())
                                .build())
                        .getContentType())
                .isEqualTo("image/jpeg");
        assertThat(test.photos("vera")
                        .getPhotoContent(GetPhotoContentRequest.newBuilder()
                                .setPhotoId(video.getId())
                                .setVariant("original")
                                .build())
                        .getContentType())
                .isEqualTo("video/mp4");
    }

    @Test
    @Tag("VID-01")
    @Tag("JOB-15")
    void a_job_is_handed_out_with_the_uploaded_file_and_the_time_and_memory_that_videos_take() {
        Photo video = video("paul");
        JobSpec spec = spec(file(TranscodeSpec.newBuilder().setCrf(30)).setPreset("mobile_video"));
        int before = test.peers.balance("paul");
        Job job = test.jobs("paul")
                .createJob(JobsOfTest.request(video).setSpec(spec).build())
                .getJob();
        assertThat(test.peers.balance("paul")).isEqualTo(before - 5);
        Claim claim = test.claim("video");
        assertThat(claim.id()).isEqualTo(job.getId());
        WorkOrder order = JobsOfTest.order(claim);
        assertThat(order.getSpec()).isEqualTo(spec);
        assertThat(order.getInputs(0).getBlobKey()).endsWith("/original");
        assertThat(order.getInputs(0).getMetadata().getVideo().getDuration()).isEqualTo(Durations.fromSeconds(3));
        assertThat(claim.attemptTimeout()).isGreaterThanOrEqualTo(java.time.Duration.ofMinutes(20));
        assertThat(MemoryNeeds.bytes(order)).isBetween(192L << 20, 1L << 30);
        assertThat(test.finish(claim, "mine")).isTrue();
        Eventually.holds(
                () -> assertThat(test.job("paul", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED));
    }

    @Test
    @Tag("VID-01")
    void how_long_a_video_may_be_goes_along_to_the_worker() {
        Photo photo = test.upload("lena", mp4(3_000));
        Claim claim = test.claim("video");
        WorkOrder order = JobsOfTest.order(claim);
        assertThat(order.getInputs(0).getPhotoId()).isEqualTo(photo.getId());
        assertThat(order.getSpec().getPreparation().getVideoDurationMax()).isEqualTo(Durations.fromSeconds(60));
        assertThat(test.finish(claim, "poster")).isTrue();
    }

    @Test
    @Tag("VID-02")
    void what_does_not_fit_is_refused_by_its_field_before_anything_is_charged() {
        Photo video = video("udo");
        Failure codec = refusal(
                "udo",
                video,
                spec(file(TranscodeSpec.newBuilder()
                        .setContainer(Container.CONTAINER_MP4)
                        .setVideoCodec(VideoCodec.VIDEO_CODEC_VP9))));
        assertThat(codec.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(codec.violations().getFirst().field()).isEqualTo("spec.video.outputs[0].transcode.video_codec");
        Failure late = refusal(
                "udo",
                video,
                spec(VideoOutputSpec.newBuilder()
                        .setThumbnails(VideoThumbnailsSpec.newBuilder()
                                .addTimes(Durations.fromSeconds(4))
                                .setWidth(100))));
        assertThat(late.message()).contains("times[0]", "is 4.0 s; the video ends at 3.0 s");
    }

    @Test
    @Tag("VID-01")
    void pictures_are_not_worked_on_as_videos_nor_videos_as_pictures() {
        Photo picture = test.preparedPhoto("ida");
        Failure asVideo = refusal("ida", picture, spec(file(TranscodeSpec.newBuilder())));
        assertThat(asVideo.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(asVideo.message()).contains("which is a picture; this work takes a video");
        Photo video = video("ida");
        JobSpec image = JobSpec.newBuilder()
                .setImage(ImageSpec.newBuilder()
                        .addOutputs(ImageOutputSpec.newBuilder().setName("a")))
                .build();
        assertThat(refusal("ida", video, image).message()).contains("which is a video; this work takes a picture");
    }

    @Test
    @Tag("VID-01")
    void videos_and_pictures_have_limits_of_their_own() {
        assertThat(JobsIT.refusal(() -> test.upload("gus", mp4(20_001))).reason())
                .isEqualTo(Reason.REASON_TOO_LARGE);
        byte[] png = java.util.Arrays.copyOf(JobsOfTest.png(20, 20), 10_001);
        Failure large = JobsIT.refusal(() -> test.upload("gus", png));
        assertThat(large.reason()).isEqualTo(Reason.REASON_TOO_LARGE);
        assertThat(large.message()).isEqualTo("The photo has 10001 bytes; at most 10000 are allowed.");
    }
}
