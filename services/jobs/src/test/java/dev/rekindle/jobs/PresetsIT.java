package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.CreateBatchItem;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSource;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.MetadataMode;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.jobs.v1.VideoSpec;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.Claim;
import dev.rekindle.testkit.Eventually;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that name presets, from the wish to what the worker is handed. */
class PresetsIT {
    private static JobsOfTest test;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of());
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private static JobSpec image(ImageOutputSpec.Builder output) {
        return JobSpec.newBuilder()
                .setImage(ImageSpec.newBuilder().addOutputs(output.setName("mine")))
                .build();
    }

    private static JobSpec video(String preset) {
        return JobSpec.newBuilder()
                .setVideo(VideoSpec.newBuilder()
                        .addOutputs(VideoOutputSpec.newBuilder().setName("mine").setPreset(preset)))
                .build();
    }

    /** The refusals of a quote, a job and a batch of this work. */
    private static List<Failure> refusals(String user, Photo photo, JobSpec spec) {
        return List.of(
                JobsIT.refusal(() -> test.jobs(user)
                        .quoteJob(QuoteJobRequest.newBuilder()
                                .addPhotoIds(photo.getId())
                                .setSpec(spec)
                                .build())),
                JobsIT.refusal(() -> test.jobs(user)
                        .createJob(CreateJobRequest.newBuilder()
                                .addPhotoIds(photo.getId())
                                .setSpec(spec)
                                .build())),
                JobsIT.refusal(() -> test.jobs(user)
                        .createBatch(CreateBatchRequest.newBuilder()
                                .addItems(CreateBatchItem.newBuilder()
                                        .addPhotoIds(photo.getId())
                                        .setSpec(spec))
                                .build())));
    }

    @Test
    @Tag("JOB-11")
    void an_output_that_names_no_preset_is_as_good() {
        QuoteJobResponse quote = test.jobs("nora")
                .quoteJob(QuoteJobRequest.newBuilder()
                        .setSpec(image(ImageOutputSpec.newBuilder().setWidth(800)))
                        .build());
        assertThat(quote.getCreditCost()).isEqualTo(1);
    }

    private static void nothingWasMade(String user, int balance) {
        assertThat(test.peers.balance(user)).isEqualTo(balance);
        assertThat(test.jobs(user)
                        .listJobs(ListJobsRequest.getDefaultInstance())
                        .getJobsList())
                .isEmpty();
    }

    @Test
    @Tag("JOB-15")
    void a_preset_with_what_overrides_it_reaches_the_worker_and_its_output_the_owner() {
        Photo photo = test.preparedPhoto("paula");
        JobSpec spec = image(ImageOutputSpec.newBuilder()
                .setPreset("web_optimized")
                .setWidth(800)
                .setFormat(MediaType.MEDIA_TYPE_JPEG));
        Job job = test.jobs("paula")
                .createJob(JobsOfTest.request(photo).setSpec(spec).build())
                .getJob();
        Claim claim = test.claim("image");
        assertThat(claim.id()).isEqualTo(job.getId());
        assertThat(JobsOfTest.order(claim).getSpec()).isEqualTo(spec);
        test.finish(claim, "mine");
        Eventually.holds(() -> {
            Job now = test.job("paula", job.getId());
            assertThat(now.getState()).isEqualTo(JobState.JOB_STATE_COMPLETED);
            assertThat(now.getOutputs(0).getName()).isEqualTo("mine");
        });
    }

    @Test
    @Tag("IMG-05")
    void tags_that_a_format_cannot_hold_are_refused_before_anything_is_charged() {
        Photo photo = test.preparedPhoto("petra");
        int balance = test.peers.balance("petra");
        JobSpec spec = image(ImageOutputSpec.newBuilder()
                .setFormat(MediaType.MEDIA_TYPE_AVIF)
                .setMetadataMode(MetadataMode.METADATA_MODE_PRESERVE_ALL));
        assertThat(refusals("petra", photo, spec)).allSatisfy(failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.REASON_UNIMPLEMENTED);
            assertThat(failure.message()).contains("outputs[0].metadata_mode", "AVIF", "expected JPEG, PNG or WEBP");
        });
        nothingWasMade("petra", balance);
    }

    @Test
    @Tag("IMG-07")
    void a_palette_or_losslessness_that_a_preset_s_format_has_not_is_refused_before_anything_is_charged() {
        Photo photo = test.preparedPhoto("pia");
        int balance = test.peers.balance("pia");
        JobSpec palette =
                image(ImageOutputSpec.newBuilder().setPreset("web_optimized").setColoursMax(16));
        assertThat(refusals("pia", photo, palette))
                .allSatisfy(failure -> assertThat(failure.message())
                        .contains("outputs[0].colours_max: is 16 for WEBP; expected 2 to 256 for PNG, else 0"));
        JobSpec lossless =
                image(ImageOutputSpec.newBuilder().setPreset("thumbnail").setLossless(true));
        assertThat(refusals("pia", photo, lossless))
                .allSatisfy(failure -> assertThat(failure.message()).contains("outputs[0].lossless: is true for JPEG"));
        nothingWasMade("pia", balance);
    }

    /** A quote for the photo, a job and a batch of this work, each refused for one field. */
    private static void assertRefused(String user, Photo photo, JobSpec spec, String field, String why) {
        List<Failure> failures = refusals(user, photo, spec);
        assertThat(failures).allSatisfy(failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
            assertThat(failure.violations())
                    .singleElement()
                    .satisfies(violation -> assertThat(violation.description()).contains(why));
        });
        String of = "spec.image.outputs[0]." + field;
        assertThat(failures)
                .extracting(failure -> failure.violations().getFirst().field())
                .containsExactly(of, of, "items[0]." + of);
    }

    @Test
    @Tag("IMG-01")
    void an_output_that_is_too_large_for_its_format_is_refused_before_anything_is_charged() {
        Photo photo = test.preparedPhoto("pola");
        int balance = test.peers.balance("pola");
        // Inside the box the prepared picture of 20 × 15 pixels becomes 16384 × 12288.
        ImageOutputSpec.Builder large =
                ImageOutputSpec.newBuilder().setUpscale(true).setWidth(16_384).setHeight(16_384);
        assertRefused(
                "pola",
                photo,
                image(large.clone().setHeight(16_000).setFormat(MediaType.MEDIA_TYPE_AVIF)),
                "format",
                "is AVIF, and the output would be 16384 × 12288 pixels; expected at most 40 megapixels");
        // Of any photo, prepared or not.
        assertRefused(
                "pola",
                photo,
                image(large.clone().setFormat(MediaType.MEDIA_TYPE_WEBP)),
                "format",
                "WEBP has at most 16383 a side");
        // The upload has 40 × 30 pixels.
        assertRefused(
                "pola",
                photo,
                image(large.clone()
                        .setWidth(0)
                        .setHeight(9_000)
                        .setFormat(MediaType.MEDIA_TYPE_PNG)
                        .setColoursMax(2)
                        .setBackgroundRgb(0)),
                "colours_max",
                "would be 12000 × 9000 pixels; expected at most 25 megapixels");
        nothingWasMade("pola", balance);
    }

    @Test
    @Tag("IMG-01")
    void of_a_photo_that_is_not_prepared_only_what_no_photo_can_become_is_refused() {
        Photo photo = test.upload("pepe", JobsOfTest.png(40, 30));
        ImageOutputSpec.Builder tall = ImageOutputSpec.newBuilder()
                .setFormat(MediaType.MEDIA_TYPE_WEBP)
                .setUpscale(true)
                .setHeight(16_384);
        assertThat(refusals("pepe", photo, image(tall)))
                .allSatisfy(failure -> assertThat(failure.message()).contains("would be at least 1 × 16384 pixels"));
        // What was cut out of it may be a strip.
        Job job = test.jobs("pepe")
                .createJob(JobsOfTest.request(photo)
                        .setSpec(image(tall.clone().setWidth(16_000).setHeight(15_000)))
                        .build())
                .getJob();
        assertThat(job.getState()).isEqualTo(JobState.JOB_STATE_PENDING);
        test.prepare(test.claim("image"));
        Claim claim = Eventually.answers(() -> test.claim("image"));
        assertThat(claim.id()).isEqualTo(job.getId());
        test.finish(claim, "mine");
    }

    @Test
    @Tag("IMG-05")
    void what_only_the_uploaded_file_has_is_refused_once_that_is_no_longer_kept() {
        Photo photo = test.preparedPhoto("odo");
        int balance = test.peers.balance("odo");
        PhotoStore photos = new PhotoStore();
        test.openDatabase().transact(sql -> {
            PhotosRecord row = photos.lock(sql, UUID.fromString(photo.getId())).orElseThrow();
            row.setOriginalDeletedAt(row.getUpdatedAt());
            photos.update(sql, row);
            return row;
        });
        JobSpec tagged =
                image(ImageOutputSpec.newBuilder().setMetadataMode(MetadataMode.METADATA_MODE_PRESERVE_TECHNICAL));
        assertThat(refusals("odo", photo, tagged)).allSatisfy(failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
            assertThat(failure.message()).contains(photo.getId(), "no longer kept", "made of the prepared picture");
        });
        nothingWasMade("odo", balance);
        assertThat(keyForWorker("odo", photo, from(ImageSource.IMAGE_SOURCE_UNSPECIFIED, ImageOutputSpec.newBuilder())))
                .endsWith("/prepared");
    }

    private static String keyForWorker(String user, Photo photo, ImageSpec.Builder image) {
        test.jobs(user)
                .createJob(JobsOfTest.request(photo)
                        .setSpec(JobSpec.newBuilder().setImage(image))
                        .setAllowDuplicate(true)
                        .build());
        Claim claim = test.claim("image");
        String key = JobsOfTest.order(claim).getInputs(0).getBlobKey();
        test.finish(claim, "mine");
        return key;
    }

    private static ImageSpec.Builder from(ImageSource source, ImageOutputSpec.Builder output) {
        return ImageSpec.newBuilder().setSource(source).addOutputs(output.setName("mine"));
    }

    @Test
    @Tag("IMG-05")
    @Tag("IMG-08")
    @Tag("IMG-11")
    void what_the_prepared_picture_has_not_is_made_from_the_uploaded_file() {
        Photo photo = test.preparedPhoto("ursula");
        ImageSource none = ImageSource.IMAGE_SOURCE_UNSPECIFIED;
        String prepared = keyForWorker("ursula", photo, from(none, ImageOutputSpec.newBuilder()));
        assertThat(prepared).endsWith("/prepared");
        var tagged = ImageOutputSpec.newBuilder().setMetadataMode(MetadataMode.METADATA_MODE_PRESERVE_TECHNICAL);
        String uploaded = keyForWorker("ursula", photo, from(none, tagged));
        assertThat(uploaded).isNotEqualTo(prepared);
        assertThat(keyForWorker(
                        "ursula", photo, from(none, ImageOutputSpec.newBuilder().setAllFrames(true))))
                .isEqualTo(uploaded);
        assertThat(keyForWorker(
                        "ursula", photo, from(none, ImageOutputSpec.newBuilder().setBackgroundRgb(0))))
                .isEqualTo(uploaded);
        assertThat(keyForWorker(
                        "ursula",
                        photo,
                        from(
                                ImageSource.IMAGE_SOURCE_UPLOADED,
                                ImageOutputSpec.newBuilder().setWidth(30))))
                .isEqualTo(uploaded);
        assertThat(keyForWorker("ursula", photo, from(ImageSource.IMAGE_SOURCE_PREPARED, tagged)))
                .isEqualTo(prepared);
    }

    @Test
    @Tag("JOB-15")
    void an_unknown_preset_is_refused_by_its_name_before_anything_is_made() {
        Photo photo = test.preparedPhoto("una");
        int before = test.peers.balance("una");
        for (Failure failure :
                refusals("una", photo, image(ImageOutputSpec.newBuilder().setPreset("poster")))) {
            assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
            assertThat(failure.violations()).singleElement().satisfies(violation -> {
                assertThat(violation.field()).endsWith("spec.image.outputs[0].preset");
                assertThat(violation.description())
                        .isEqualTo("is \"poster\"; expected thumbnail, web_optimized or archive_quality");
            });
        }
        for (Failure failure : refusals("una", photo, video("hologram"))) {
            assertThat(failure.violations())
                    .singleElement()
                    .satisfies(violation -> assertThat(violation.description())
                            .isEqualTo("is \"hologram\"; expected mobile_video, web_video or archive_quality"));
        }
        nothingWasMade("una", before);
    }
}
