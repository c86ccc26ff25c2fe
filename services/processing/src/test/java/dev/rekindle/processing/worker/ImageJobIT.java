package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.CropPosition;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.MetadataMode;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.indexer.UByteIndexer;
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

    private static ImageOutputSpec.Builder avif(int width) {
        return output("a", MediaType.MEDIA_TYPE_AVIF, width, 0);
    }

    private void isRefused(byte[] photo, ImageOutputSpec.Builder output, Reason reason, String... words)
            throws Exception {
        WorkReport report = run(photo, job(output));
        assertThat(report.getFailed().getError().getReason()).isEqualTo(reason);
        assertThat(report.getFailed().getError().getMessage()).contains(words);
    }

    @Test
    @Tag("IMG-01")
    @Tag("IMG-05")
    @Tag("IMG-07")
    void what_cannot_be_made_is_said_before_any_work() throws Exception {
        byte[] photo = TestPhotos.bytes("coffee");
        isRefused(photo, avif(100).setLossless(true), Reason.REASON_INVALID_REQUEST, "lossless", "AVIF");
        isRefused(photo, avif(16_000).setUpscale(true), Reason.REASON_INVALID_REQUEST, "format", "40 megapixels");
        isRefused(
                photo,
                output("a", MediaType.MEDIA_TYPE_WEBP, 16_384, 10)
                        .setUpscale(true)
                        .setResizeMode(ResizeMode.RESIZE_MODE_STRETCH),
                Reason.REASON_INVALID_REQUEST,
                "format",
                "16383 a side");
        isRefused(
                photo,
                output("a", MediaType.MEDIA_TYPE_JPEG, 16_384, 0).setUpscale(true),
                Reason.REASON_NOT_ENOUGH_MEMORY,
                "memory");
        isRefused(
                photo,
                avif(100).setMetadataMode(MetadataMode.METADATA_MODE_PRESERVE_ALL),
                Reason.REASON_UNIMPLEMENTED,
                "metadata_mode",
                "AVIF");
        isRefused(
                photo,
                output("a", MediaType.MEDIA_TYPE_WEBP, 100, 0).setColoursMax(16),
                Reason.REASON_INVALID_REQUEST,
                "colours_max",
                "16");
    }

    @Test
    @Tag("IMG-01")
    @Tag("IMG-05")
    @Tag("IMG-07")
    void outputs_come_as_AVIF_with_a_palette_with_tags_and_progressive() throws Exception {
        WorkCompleted completed = run(
                        TestPhotos.resource("/pictures/tagged.jpg"),
                        job(
                                avif(120),
                                output("palette", MediaType.MEDIA_TYPE_PNG, 120, 0)
                                        .setColoursMax(32),
                                output("small", MediaType.MEDIA_TYPE_PNG, 120, 0)
                                        .setColoursMax(32)
                                        .setSizeBytesMax(4_000),
                                output("plain", MediaType.MEDIA_TYPE_PNG, 120, 0),
                                output("tagged", MediaType.MEDIA_TYPE_JPEG, 120, 0)
                                        .setMetadataMode(MetadataMode.METADATA_MODE_PRESERVE_TECHNICAL)
                                        .setProgressive(true),
                                output("placed", MediaType.MEDIA_TYPE_WEBP, 120, 0)
                                        .setMetadataMode(MetadataMode.METADATA_MODE_PRESERVE_ALL)))
                .getCompleted();
        Map<String, WorkOutput> outputs =
                completed.getOutputsList().stream().collect(Collectors.toMap(WorkOutput::getName, Function.identity()));
        // The photo is stored on its side.
        check(outputs, "a", MediaType.MEDIA_TYPE_AVIF, 120, 160);
        check(outputs, "palette", MediaType.MEDIA_TYPE_PNG, 120, 160);
        assertThat(bytes(outputs, "palette")).isLessThan(bytes(outputs, "plain") / 2);
        // Fewer colours are taken for a size.
        assertThat(bytes(outputs, "palette")).isGreaterThan(4_000);
        assertThat(bytes(outputs, "small")).isBetween(2_000L, 4_000L);
        MediaHeader tagged = header(Objects.requireNonNull(outputs.get("tagged")));
        assertThat(tagged.metadata().getImage().getCompression()).isEqualTo("JPEG progressive");
        assertThat(tagged.tags().exif().toStringUtf8()).contains("L100").doesNotContain("SECRET");
        MediaHeader placed = header(Objects.requireNonNull(outputs.get("placed")));
        assertThat(placed.tags().exif().toStringUtf8()).contains("BODY-SECRET");
        assertThat(placed.tags().xmp().toStringUtf8()).contains("At the tower");
        assertThat(completed.getReportList()).anyMatch(line -> line.contains("with EXIF and XMP"));
    }

    @Test
    @Tag("IMG-08")
    @Tag("IMG-11")
    void animations_move_where_the_format_can_and_each_output_has_its_own_background() throws Exception {
        WorkCompleted completed = run(
                        TestPhotos.resource("/pictures/clear.gif"),
                        job(
                                output("moving", MediaType.MEDIA_TYPE_WEBP, 30, 0)
                                        .setAllFrames(true)
                                        .setBackgroundRgb(0xff0000)
                                        .setLossless(true),
                                output("first", MediaType.MEDIA_TYPE_PNG, 0, 0).setAllFrames(true),
                                output("black", MediaType.MEDIA_TYPE_PNG, 0, 0).setBackgroundRgb(0)))
                .getCompleted();
        Map<String, WorkOutput> outputs =
                completed.getOutputsList().stream().collect(Collectors.toMap(WorkOutput::getName, Function.identity()));
        WorkOutput moving = Objects.requireNonNull(outputs.get("moving"));
        assertThat(moving.getMetadata().getImage().getFrameCount()).isEqualTo(2);
        assertThat(header(moving).metadata().getImage().getFrameCount()).isEqualTo(2);
        check(outputs, "moving", MediaType.MEDIA_TYPE_WEBP, 30, 20);
        assertThat(corner(moving)).containsExactly(0, 0, 255);
        assertThat(corner(Objects.requireNonNull(outputs.get("first")))).containsExactly(255, 255, 255);
        assertThat(corner(Objects.requireNonNull(outputs.get("black")))).containsExactly(0, 0, 0);
        assertThat(completed.getReportList())
                .anyMatch(line -> line.equals("first: one frame, because PNG shows the " + "first of them."));
    }

    @Test
    @Tag("IMG-05")
    @Tag("IMG-11")
    void an_animation_keeps_the_tags_that_are_asked_for_and_no_place() throws Exception {
        WorkCompleted completed = run(
                        TestPhotos.resource("/pictures/tagged-moving.webp"),
                        job(output("moving", MediaType.MEDIA_TYPE_WEBP, 30, 0)
                                .setAllFrames(true)
                                .setMetadataMode(MetadataMode.METADATA_MODE_PRESERVE_TECHNICAL)))
                .getCompleted();
        MediaHeader header = header(completed.getOutputs(0));
        assertThat(header.metadata().getImage().getFrameCount()).isEqualTo(3);
        assertThat(header.tags().exif().toString(StandardCharsets.ISO_8859_1))
                .contains("L100")
                .doesNotContain("secret");
        assertThat(header.tags().xmp().isEmpty()).isTrue();
        assertThat(completed.getReportList()).singleElement().asString().endsWith("3 frames, with EXIF.");
    }

    @Test
    @Tag("IMG-07")
    @Tag("IMG-11")
    void an_animation_is_as_good_as_its_bytes_allow() throws Exception {
        byte[] gif = TestPhotos.resource("/pictures/moving.gif");
        ImageOutputSpec.Builder moving = output("best", MediaType.MEDIA_TYPE_WEBP, 480, 0)
                .setUpscale(true)
                .setAllFrames(true)
                .setQuality(100);
        var ends = run(gif, job(moving, moving.clone().setName("least").setQuality(1)))
                .getCompleted();
        long most = ends.getOutputs(0).getMetadata().getSizeBytes();
        long least = ends.getOutputs(1).getMetadata().getSizeBytes();
        long middle = (most + least) / 2;
        var fitting = run(gif, job(moving.clone().setSizeBytesMax(middle)))
                .getCompleted()
                .getOutputs(0)
                .getMetadata();
        assertThat(fitting.getSizeBytes()).isGreaterThan(least).isLessThanOrEqualTo(middle);
        assertThat(fitting.getImage().getFrameCount()).isEqualTo(3);
        isRefused(
                gif,
                moving.clone().setWidth(6_000).setSizeBytesMax(5_000),
                Reason.REASON_INVALID_REQUEST,
                "size_bytes_max",
                "expected at most 60, or a quality");
    }

    @Test
    @Tag("IMG-11")
    void frames_that_look_the_same_are_written_as_one_and_counted_as_one() throws Exception {
        // Nothing moves at the upper rim.
        WorkCompleted completed = run(
                        TestPhotos.resource("/pictures/moving.gif"),
                        job(output("rim", MediaType.MEDIA_TYPE_WEBP, 60, 2)
                                .setResizeMode(ResizeMode.RESIZE_MODE_CROP)
                                .setCropPosition(CropPosition.CROP_POSITION_TOP)
                                .setAllFrames(true)
                                .setLossless(true)))
                .getCompleted();
        assertThat(completed.getOutputs(0).getMetadata().getImage().getFrameCount())
                .isEqualTo(1);
        assertThat(completed.getReportList()).singleElement().asString().contains("1 frames for 3");
    }

    /** Blue, green and red in the upper right corner. */
    private int[] corner(WorkOutput output) {
        try (Picture picture = TestPhotos.decode(bench.blob(output.getBlobKey()));
                UByteIndexer pixels = picture.mat().createIndexer()) {
            int x = picture.width() - 1;
            return new int[] {pixels.get(0, x, 0), pixels.get(0, x, 1), pixels.get(0, x, 2)};
        }
    }

    @Test
    @Tag("IMG-10")
    @Tag("IMG-11")
    void an_animation_that_needs_more_memory_than_there_is_is_refused_with_the_numbers() throws Exception {
        // Two frames of 60 × 40 by the file.
        isRefused(
                onCanvas("/pictures/clear.gif", 10_000),
                output("a", MediaType.MEDIA_TYPE_WEBP, 30, 0).setAllFrames(true),
                Reason.REASON_NOT_ENOUGH_MEMORY,
                "MB of memory");
        // What no worker is to do is not tried again on others.
        isRefused(
                onCanvas("/pictures/moving.gif", 10_900),
                output("a", MediaType.MEDIA_TYPE_WEBP, 7_000, 0).setAllFrames(true),
                Reason.REASON_INVALID_REQUEST,
                "all_frames: is true for 3 frames of 10900",
                "503 megapixels read and written; expected at most 500");
    }

    /** A GIF whose header claims a square canvas. */
    private static byte[] onCanvas(String resource, int side) {
        byte[] gif = TestPhotos.resource(resource).clone();
        for (int at = 6; at < 10; at += 2) {
            gif[at] = (byte) side;
            gif[at + 1] = (byte) (side >> 8);
        }
        return gif;
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
