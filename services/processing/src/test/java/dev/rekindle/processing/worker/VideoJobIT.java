package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.jobs.v1.PreviewSpec;
import dev.rekindle.jobs.v1.SpriteSheetSpec;
import dev.rekindle.jobs.v1.TranscodeSpec;
import dev.rekindle.jobs.v1.VideoCodec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.jobs.v1.VideoSpec;
import dev.rekindle.jobs.v1.VideoThumbnailsSpec;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import dev.rekindle.processing.video.TestVideos;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Videos, from the order in the queue to the files in the store. */
class VideoJobIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);

    @TempDir
    private Path made;

    private WorkerBench bench;

    @BeforeEach
    void open(@TempDir Path folder) {
        bench = new WorkerBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static JobSpec preparation(PreparationSpec.Builder preparation) {
        return JobSpec.newBuilder().setPreparation(preparation).build();
    }

    private static JobSpec job(VideoOutputSpec.Builder... outputs) {
        VideoSpec.Builder video = VideoSpec.newBuilder();
        for (VideoOutputSpec.Builder output : outputs) {
            video.addOutputs(output);
        }
        return JobSpec.newBuilder().setVideo(video).build();
    }

    private static VideoOutputSpec.Builder output(String name) {
        return VideoOutputSpec.newBuilder().setName(name);
    }

    private WorkReport run(byte[] video, JobSpec job) throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            return bench.awaitEnd(bench.order(video, MediaType.MEDIA_TYPE_MP4, job, MINUTES));
        }
    }

    @Test
    @Tag("VID-08")
    void an_uploaded_video_gets_its_metadata_a_poster_and_thumbnails() throws Exception {
        byte[] video = TestVideos.mp4Bytes(made, "640x360", 1);
        WorkCompleted completed =
                run(video, preparation(PreparationSpec.newBuilder())).getCompleted();
        assertThat(completed.getOutputsList())
                .extracting(WorkOutput::getName)
                .containsExactly("poster", "thumb_150", "thumb_300", "thumb_600");
        WorkOutput poster = completed.getOutputs(0);
        assertThat(TestPhotos.header(bench.blob(poster.getBlobKey())).metadata().getWidth())
                .isEqualTo(640);
        assertThat(completed.getInputMetadata().getWidth()).isEqualTo(640);
        assertThat(completed.getInputMetadata().getSizeBytes()).isEqualTo(video.length);
        assertThat(completed.getInputMetadata().getVideo().getVideoCodec()).isEqualTo("h264");
        assertThat(completed.getInputMetadata().getVideo().getGopFrames()).isEqualTo(10);
    }

    @Test
    @Tag("JOB-11")
    @Tag("JOB-15")
    @Tag("VID-04")
    void one_video_becomes_several_outputs_by_presets_and_by_wishes() throws Exception {
        String id;
        WorkCompleted completed;
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            id = bench.order(
                    TestVideos.mp4Bytes(made, "640x360", 1),
                    MediaType.MEDIA_TYPE_MP4,
                    job(
                            output("phone")
                                    .setPreset("mobile_video")
                                    .setTranscode(TranscodeSpec.newBuilder()
                                            .setSpeed("ultrafast")
                                            .setWidth(320)),
                            output("page")
                                    .setPreset("web_video")
                                    .setTranscode(TranscodeSpec.newBuilder()
                                            .setVideoCodec(VideoCodec.VIDEO_CODEC_VP9)
                                            .setSpeed("8")
                                            .setWidth(160)),
                            output("at")
                                    .setThumbnails(VideoThumbnailsSpec.newBuilder()
                                            .addTimes(Durations.fromMillis(0))
                                            .addTimes(Durations.fromMillis(900))
                                            .setWidth(100)),
                            output("sheet")
                                    .setSpriteSheet(SpriteSheetSpec.newBuilder()
                                            .setInterval(Durations.fromMillis(250))
                                            .setWidth(64)
                                            .setColumns(2)),
                            output("moves").setPreview(PreviewSpec.newBuilder().setWidth(96))),
                    MINUTES);
            completed = bench.awaitEnd(id).getCompleted();
        }
        assertThat(completed.getOutputsList())
                .extracting(WorkOutput::getName)
                .containsExactly("phone", "page", "at.1", "at.2", "sheet", "sheet.vtt", "moves");
        assertThat(completed.getOutputsList())
                .extracting(WorkOutput::getContentType)
                .containsExactly(
                        "video/mp4", "video/webm", "image/jpeg", "image/jpeg", "image/jpeg", "text/vtt", "image/webp");
        WorkOutput phone = completed.getOutputs(0);
        assertThat(phone.getMetadata().getWidth()).isEqualTo(320);
        assertThat(phone.getMetadata().getVideo().getProfile()).isEqualTo("Constrained Baseline");
        assertThat(completed.getOutputs(1).getMetadata().getVideo().getVideoCodec())
                .isEqualTo("vp9");
        for (WorkOutput output : completed.getOutputsList()) {
            assertThat(bench.blob(output.getBlobKey()))
                    .hasSize((int) output.getMetadata().getSizeBytes());
            assertThat(output.getMetadata().getSha256()).hasSize(64);
        }
        assertThat(new String(bench.blob(completed.getOutputs(5).getBlobKey()), StandardCharsets.UTF_8))
                .contains("sheet.jpg#xywh=64,36,64,36");
        assertThat(bench.stages(id)).containsExactly("fetch_photo", "probe_video", "make_outputs", "store");
        assertThat(completed.getReportList()).hasSize(4);
    }

    private void refused(byte[] file, JobSpec job, Reason reason, String why) throws Exception {
        WorkReport report = run(file, job);
        assertThat(report.hasFailed()).as(report.toString()).isTrue();
        assertThat(report.getFailed().getError().getReason()).isEqualTo(reason);
        assertThat(report.getFailed().getError().getMessage()).contains(why);
        try (Stream<Path> left = Files.walk(bench.folder())) {
            assertThat(left.filter(path -> path.toString().contains("attempt-")))
                    .isEmpty();
        }
    }

    @Test
    @Tag("VID-06")
    @Tag("VID-08")
    void what_is_no_video_is_cut_off_or_too_long_for_its_owner_is_refused_and_leaves_nothing() throws Exception {
        byte[] video = TestVideos.mp4Bytes(made, "160x90", 2);
        JobSpec plain = preparation(PreparationSpec.newBuilder());
        refused(
                video,
                preparation(PreparationSpec.newBuilder().setVideoDurationMax(Durations.fromSeconds(1))),
                Reason.REASON_TIER_LIMIT,
                "The video lasts 2.0 s; your tier allows 1 s.");
        refused(TestPhotos.bytes("rocket"), plain, Reason.REASON_UNSUPPORTED_MEDIA, "is a picture");
        refused(
                "#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n".getBytes(StandardCharsets.UTF_8),
                plain,
                Reason.REASON_UNSUPPORTED_MEDIA,
                "none of the types");
        refused(java.util.Arrays.copyOf(video, video.length / 2), plain, Reason.REASON_CORRUPT_MEDIA, "truncated");
    }

    @Test
    @Tag("VID-06")
    void a_video_job_that_takes_too_long_is_stopped_and_its_encoder_with_it() throws Exception {
        WorkReport report;
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            // Ten times as long as fast machines code within the timeout.
            byte[] video = TestVideos.mp4Bytes(made, "640x360", 30);
            report = bench.awaitEnd(bench.order(
                    video,
                    MediaType.MEDIA_TYPE_MP4,
                    job(output("slow")
                            .setTranscode(TranscodeSpec.newBuilder()
                                    .setSpeed("0")
                                    .setVideoCodec(VideoCodec.VIDEO_CODEC_VP9))),
                    Duration.ofSeconds(4)));
        }
        assertThat(report.getFailed().getError().getReason()).isEqualTo(Reason.REASON_JOB_TIMEOUT);
        assertThat(report.getFailed().getError().getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_TEMPORARY);
        assertThat(encoders()).isEmpty();
    }

    private static List<String> encoders() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .map(process -> process.info().command().orElse(""))
                .filter(command -> command.contains("ffmpeg"))
                .toList();
    }
}
