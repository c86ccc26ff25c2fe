package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Point;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.AnimationSpec;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.jobs.v1.CompositionSpec;
import dev.rekindle.jobs.v1.CreateBatchItem;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.WorkInput;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.queue.Claim;
import dev.rekindle.testkit.Eventually;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Work that is only taken where the operator switched it on. */
@Tag("AI-06")
class OffersIT {
    private static final JobSpec ANIMATION = JobSpec.newBuilder()
            .setAnimation(AnimationSpec.getDefaultInstance())
            .build();
    private static final JobSpec COMPOSITION = JobSpec.newBuilder()
            .setComposition(CompositionSpec.getDefaultInstance())
            .build();
    private static final Map<String, String> ON = Map.of("animation.enabled", "true", "composition.enabled", "true");

    private JobsOfTest test;

    @BeforeEach
    void start() {
        test = new JobsOfTest(ON);
    }

    /** A service with other switches in place of that with both. */
    private void startWith(Map<String, String> switches) {
        test.close();
        test = new JobsOfTest(switches);
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private static CreateJobRequest wish(JobSpec spec, Photo... photos) {
        CreateJobRequest.Builder wish = CreateJobRequest.newBuilder().setSpec(spec);
        List.of(photos).forEach(photo -> wish.addPhotoIds(photo.getId()));
        return wish.build();
    }

    private Failure refusal(JobSpec spec, Photo... photos) {
        return JobsIT.refusal(() -> test.jobs("ada").createJob(wish(spec, photos)));
    }

    private void assertNothingHappened() {
        assertThat(test.peers.balance("ada")).isEqualTo(100);
        assertThat(test.jobs("ada")
                        .listJobs(ListJobsRequest.getDefaultInstance())
                        .getJobsList())
                .isEmpty();
    }

    private void assertNamesPhotos(Failure failure, String words) {
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(failure.violations()).extracting(Failure.Violation::field).containsExactly("photo_ids");
        assertThat(failure.message()).contains(words);
    }

    @Test
    void without_the_switches_both_are_refused_by_name_and_nothing_is_charged_or_quoted() {
        startWith(Map.of());
        Photo one = test.preparedPhoto("ada");
        Photo other = test.preparedPhoto("ada");
        Failure animation = refusal(ANIMATION, one);
        assertThat(animation.reason()).isEqualTo(Reason.REASON_UNIMPLEMENTED);
        assertThat(animation.message()).contains("does not animate");
        Failure composition = refusal(COMPOSITION, one, other);
        assertThat(composition.reason()).isEqualTo(Reason.REASON_UNIMPLEMENTED);
        assertThat(composition.message()).contains("does not compose");
        for (JobSpec spec : List.of(ANIMATION, COMPOSITION)) {
            assertThat(JobsIT.refusal(() -> test.jobs("ada")
                                    .quoteJob(QuoteJobRequest.newBuilder()
                                            .setSpec(spec)
                                            .build()))
                            .reason())
                    .isEqualTo(Reason.REASON_UNIMPLEMENTED);
            assertThat(JobsIT.refusal(() -> test.jobs("ada")
                                    .createBatch(CreateBatchRequest.newBuilder()
                                            .addItems(CreateBatchItem.newBuilder()
                                                    .addPhotoIds(one.getId())
                                                    .setSpec(spec))
                                            .build()))
                            .reason())
                    .isEqualTo(Reason.REASON_UNIMPLEMENTED);
        }
        assertNothingHappened();
    }

    @Test
    void one_switch_does_not_turn_the_other() {
        startWith(Map.of("composition.enabled", "true"));
        assertThat(refusal(ANIMATION, test.preparedPhoto("ada")).reason()).isEqualTo(Reason.REASON_UNIMPLEMENTED);
        assertThat(test.jobs("ada")
                        .quoteJob(QuoteJobRequest.newBuilder()
                                .setSpec(COMPOSITION)
                                .build())
                        .getCreditCost())
                .isEqualTo(6);
    }

    @Test
    void with_the_switch_a_photo_is_animated_at_its_price_and_what_fails_is_given_back() {
        Photo photo = test.preparedPhoto("ada");
        assertThat(test.jobs("ada")
                        .quoteJob(
                                QuoteJobRequest.newBuilder().setSpec(ANIMATION).build())
                        .getCreditCost())
                .isEqualTo(8);
        Job job = test.jobs("ada").createJob(wish(ANIMATION, photo)).getJob();
        assertThat(job.getCreditCost()).isEqualTo(8);
        assertThat(test.peers.balance("ada")).isEqualTo(92);
        Claim claim = test.claim(job);
        WorkOrder order = JobsOfTest.order(claim);
        assertThat(order.getSpec().hasAnimation()).isTrue();
        assertThat(order.getAttemptTimeout().getSeconds())
                .as("models that film take their time")
                .isEqualTo(12 * 60);
        test.fail(claim, FailureClass.FAILURE_CLASS_DATA, Reason.REASON_CORRUPT_MEDIA);
        Eventually.holds(() -> assertThat(test.peers.balance("ada")).isEqualTo(100));
        assertThat(test.job("ada", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_FAILED);
    }

    @Test
    void with_the_switch_two_or_three_photos_are_brought_together_in_the_order_they_were_named() {
        Photo first = test.preparedPhoto("ada");
        Photo second = test.preparedPhoto("ada");
        Photo third = test.preparedPhoto("ada");
        Job job = test.jobs("ada")
                .createJob(wish(COMPOSITION, third, first, second))
                .getJob();
        assertThat(job.getCreditCost()).isEqualTo(6);
        Claim claim = test.claim(job);
        assertThat(JobsOfTest.order(claim).getInputsList())
                .extracting(WorkInput::getPhotoId)
                .containsExactly(third.getId(), first.getId(), second.getId());
        assertThat(JobsOfTest.order(claim).getInputsList())
                .allSatisfy(input -> assertThat(input.getBlobKey()).endsWith("/prepared"));
        test.finish(claim, "result");
        Eventually.holds(
                () -> assertThat(test.job("ada", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED));
        assertThat(test.jobs("ada")
                        .createJob(wish(COMPOSITION, first, second))
                        .getJob()
                        .getPhotoIdsList())
                .containsExactly(first.getId(), second.getId());
    }

    @Test
    void a_wrong_number_of_photos_and_those_of_others_are_refused_and_nothing_is_charged() {
        Photo one = test.preparedPhoto("ada");
        Photo other = test.preparedPhoto("ada");
        Photo stranger = test.preparedPhoto("bob");
        assertNamesPhotos(refusal(ANIMATION, one, other), "has 2 photos; this work takes one");
        assertNamesPhotos(refusal(COMPOSITION, one), "has 1 photos; this work takes 2 or 3");
        assertThat(refusal(COMPOSITION, one, one).violations())
                .as("the same photo twice")
                .extracting(Failure.Violation::field)
                .containsExactly("photo_ids");
        assertThat(refusal(COMPOSITION, one, stranger).reason()).isEqualTo(Reason.REASON_NOT_FOUND);
        assertNothingHappened();
    }

    private Failure refusedQuote(JobSpec spec, String... photoIds) {
        QuoteJobRequest request = QuoteJobRequest.newBuilder()
                .setSpec(spec)
                .addAllPhotoIds(List.of(photoIds))
                .build();
        return JobsIT.refusal(() -> test.jobs("ada").quoteJob(request));
    }

    @Test
    @Tag("JOB-12")
    void what_creation_refuses_of_photos_has_no_price_either_and_the_words_are_the_same() {
        Photo one = test.preparedPhoto("ada");
        Photo other = test.preparedPhoto("ada");
        Failure alone = refusedQuote(COMPOSITION, one.getId());
        assertNamesPhotos(alone, refusal(COMPOSITION, one).message());
        assertNamesPhotos(
                refusedQuote(ANIMATION, one.getId(), other.getId()),
                refusal(ANIMATION, one, other).message());
        String shouted = one.getId().toUpperCase(Locale.ROOT);
        assertNamesPhotos(refusedQuote(COMPOSITION, one.getId(), shouted), "names a photo twice");
        assertNamesPhotos(
                JobsIT.refusal(() -> test.jobs("ada")
                        .createJob(wish(COMPOSITION, one).toBuilder()
                                .addPhotoIds(shouted)
                                .build())),
                "names a photo twice");
        assertNothingHappened();
    }

    @Test
    @Tag("AI-07")
    void colours_that_nothing_would_be_done_with_are_refused_and_nothing_is_charged() {
        Photo photo = test.preparedPhoto("ada");
        RestorationSpec hinted = RestorationSpec.newBuilder()
                .setRestore(true)
                .addHints(ColourHint.newBuilder()
                        .addPoints(Point.newBuilder().setX(0.5).setY(0.5))
                        .setRgb(0xaa2211)
                        .setRadius(0.02))
                .build();
        JobSpec unused = JobSpec.newBuilder().setRestoration(hinted).build();
        for (Failure failure : List.of(refusal(unused, photo), refusedQuote(unused, photo.getId()))) {
            assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
            assertThat(failure.violations())
                    .extracting(Failure.Violation::field)
                    .containsExactly("spec.restoration.hints");
            assertThat(failure.message()).contains("only colourize follows");
        }
        assertNothingHappened();
        JobSpec used = JobSpec.newBuilder()
                .setRestoration(hinted.toBuilder().setColourize(true))
                .build();
        assertThat(test.jobs("ada").createJob(wish(used, photo)).getJob().getState())
                .isEqualTo(JobState.JOB_STATE_QUEUED);
    }

    @Test
    void a_clip_lasts_no_longer_than_the_tier_allows_videos_to_last() {
        Photo photo = test.preparedPhoto("ada");
        test.peers.setLimits(test.peers.limits().toBuilder()
                .setVideoDurationMax(Durations.fromSeconds(3))
                .build());
        Failure failure = refusal(ANIMATION, photo);
        assertThat(failure.reason()).isEqualTo(Reason.REASON_TIER_LIMIT);
        assertThat(failure.message()).contains("3.0 s").contains("5.0 s");
        JobSpec tooLong = JobSpec.newBuilder()
                .setAnimation(AnimationSpec.newBuilder().setDuration(Durations.fromSeconds(11)))
                .build();
        assertThat(refusal(tooLong, photo).violations())
                .extracting(Failure.Violation::field)
                .containsExactly("spec.animation.duration");
        assertNothingHappened();
        JobSpec within = JobSpec.newBuilder()
                .setAnimation(AnimationSpec.newBuilder().setDuration(Durations.fromSeconds(3)))
                .build();
        assertThat(test.jobs("ada").createJob(wish(within, photo)).getJob().getState())
                .isEqualTo(JobState.JOB_STATE_QUEUED);
    }
}
