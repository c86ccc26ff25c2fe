package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.CropPosition;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.QualityLevel;
import dev.rekindle.jobs.v1.ResizeMode;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.Interest;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.processing.v1.WorkReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Image jobs, from the order in the queue to the files in the store. */
class ImageJobIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);

    private WorkerBench bench;

    @BeforeEach
    void open(@TempDir Path folder) {
        bench = new WorkerBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static JobSpec job(ImageOutputSpec.Builder... outputs) {
        ImageSpec.Builder image = ImageSpec.newBuilder();
        for (ImageOutputSpec.Builder output : outputs) {
            image.addOutputs(output);
        }
        return JobSpec.newBuilder().setImage(image).build();
    }

    private static ImageOutputSpec.Builder output(String name, MediaType format, int width, int height) {
        return ImageOutputSpec.newBuilder()
                .setName(name)
                .setFormat(format)
                .setWidth(width)
                .setHeight(height);
    }

    private WorkReport run(byte[] photo, JobSpec job) throws Exception {
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            return bench.awaitEnd(bench.order(photo, job, MINUTES));
        }
    }

    private MediaHeader header(WorkOutput output) {
        byte[] stored = bench.blob(output.getBlobKey());
        assertThat(output.getMetadata().getSizeBytes()).isEqualTo(stored.length);
        return TestPhotos.header(stored);
    }

    @Test
    @Tag("JOB-11")
    @Tag("IMG-01")
    @Tag("IMG-04")
    @Tag("IMG-05")
    @Tag("IMG-07")
    @Tag("IMG-08")
    void one_photo_becomes_several_pictures() throws Exception {
        byte[] turned = TestPhotos.withSegment(TestPhotos.bytes("rocket"), 0xe1, TestPhotos.exif(6));
        WorkCompleted completed = run(
                        turned,
                        job(
                                output("small", MediaType.MEDIA_TYPE_UNSPECIFIED, 100, 100),
                                output("square", MediaType.MEDIA_TYPE_PNG, 200, 200)
                                        .setResizeMode(ResizeMode.RESIZE_MODE_CROP)
                                        .setCropPosition(CropPosition.CROP_POSITION_SMART),
                                output("web", MediaType.MEDIA_TYPE_WEBP, 300, 0).setSharpen(0.8),
                                output("exact", MediaType.MEDIA_TYPE_WEBP, 0, 0).setLossless(true),
                                output("light", MediaType.MEDIA_TYPE_JPEG, 0, 0).setSizeBytesMax(20_000),
                                output("low", MediaType.MEDIA_TYPE_JPEG, 0, 0)
                                        .setQualityLevel(QualityLevel.QUALITY_LEVEL_LOW),
                                ImageOutputSpec.newBuilder().setName("thumb").setPreset("thumbnail")))
                .getCompleted();
        Map<String, WorkOutput> outputs =
                completed.getOutputsList().stream().collect(Collectors.toMap(WorkOutput::getName, Function.identity()));
        assertThat(outputs.keySet())
                .containsExactlyInAnyOrder("small", "square", "web", "exact", "light", "low", "thumb");
        check(outputs, "small", MediaType.MEDIA_TYPE_JPEG, 67, 100);
        check(outputs, "square", MediaType.MEDIA_TYPE_PNG, 200, 200);
        check(outputs, "web", MediaType.MEDIA_TYPE_WEBP, 300, 450);
        check(outputs, "exact", MediaType.MEDIA_TYPE_WEBP, 427, 640);
        check(outputs, "light", MediaType.MEDIA_TYPE_JPEG, 427, 640);
        check(outputs, "thumb", MediaType.MEDIA_TYPE_JPEG, 200, 300);
        WorkOutput light = outputs.get("light");
        assertThat(light).isNotNull();
        assertThat(light.getMetadata().getSizeBytes()).isBetween(12_000L, 20_000L);
        assertThat(completed.getReportList()).hasSize(7);
    }

    private void check(Map<String, WorkOutput> outputs, String name, MediaType type, int width, int height) {
        WorkOutput output = outputs.get(name);
        assertThat(output).isNotNull();
        MediaHeader header = header(output);
        assertThat(header.metadata().getType()).isEqualTo(type);
        assertThat(header.storedWidth()).as(name).isEqualTo(width);
        assertThat(header.storedHeight()).as(name).isEqualTo(height);
        byte[] stored = bench.blob(output.getBlobKey());
        assertThat(new String(stored, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("SECRET1")
                .doesNotContain("Exif");
        try (Picture picture = TestPhotos.decode(stored)) {
            assertThat(picture.width()).isEqualTo(width);
        }
    }

    @Test
    @Tag("JOB-15")
    void presets_are_made_and_what_a_request_sets_itself_goes_before_them() throws Exception {
        WorkCompleted completed = run(
                        TestPhotos.bytes("rocket"),
                        job(
                                preset("thumb", "thumbnail").setWidth(150),
                                preset("web", "web_optimized").setFormat(MediaType.MEDIA_TYPE_JPEG),
                                preset("archive", "archive_quality"),
                                preset("print", "archive_quality").setFormat(MediaType.MEDIA_TYPE_JPEG),
                                preset("low", "archive_quality")
                                        .setFormat(MediaType.MEDIA_TYPE_JPEG)
                                        .setQualityLevel(QualityLevel.QUALITY_LEVEL_LOW)))
                .getCompleted();
        Map<String, WorkOutput> outputs =
                completed.getOutputsList().stream().collect(Collectors.toMap(WorkOutput::getName, Function.identity()));
        check(outputs, "thumb", MediaType.MEDIA_TYPE_JPEG, 150, 100);
        check(outputs, "web", MediaType.MEDIA_TYPE_JPEG, 640, 427);
        check(outputs, "archive", MediaType.MEDIA_TYPE_PNG, 640, 427);
        check(outputs, "print", MediaType.MEDIA_TYPE_JPEG, 640, 427);
        check(outputs, "low", MediaType.MEDIA_TYPE_JPEG, 640, 427);
        assertThat(bytes(outputs, "print")).isGreaterThan(2 * bytes(outputs, "low"));
    }

    private static ImageOutputSpec.Builder preset(String name, String preset) {
        return ImageOutputSpec.newBuilder().setName(name).setPreset(preset);
    }

    private static long bytes(Map<String, WorkOutput> outputs, String name) {
        return Objects.requireNonNull(outputs.get(name)).getMetadata().getSizeBytes();
    }

    @Test
    @Tag("IMG-01")
    void what_cannot_be_made_is_said_before_any_work() throws Exception {
        WorkReport avif = run(TestPhotos.bytes("coffee"), job(output("a", MediaType.MEDIA_TYPE_AVIF, 100, 100)));
        assertThat(avif.getFailed().getError().getReason()).isEqualTo(Reason.REASON_UNIMPLEMENTED);
        assertThat(avif.getFailed().getError().getMessage()).contains("AVIF", "JPEG, PNG or WebP");
        WorkReport lossless = run(
                TestPhotos.bytes("coffee"),
                job(output("a", MediaType.MEDIA_TYPE_JPEG, 100, 100).setLossless(true)));
        assertThat(lossless.getFailed().getError().getMessage()).contains("lossless");
    }

    @Test
    @Tag("IMG-03")
    void a_smart_crop_keeps_the_face() {
        try (Picture photo = TestPhotos.picture("astronaut")) {
            // Her face lies between 170 and 280 of 512 pixels from the left, and between 70 and 220 from the top.
            assertThat(new Interest().start(photo, true, 200, new Stop())).isBetween(80, 170);
            assertThat(new Interest().start(photo, false, 250, new Stop())).isBetween(0, 70);
        }
    }
}
