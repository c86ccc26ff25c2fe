package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.Flag;
import dev.rekindle.jobs.v1.FlagPhotoRequest;
import dev.rekindle.jobs.v1.FlagState;
import dev.rekindle.jobs.v1.GetFlaggedPhotoRequest;
import dev.rekindle.jobs.v1.GetPhotoContentRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListFlagsRequest;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.PhotosServiceGrpc.PhotosServiceBlockingStub;
import dev.rekindle.jobs.v1.ResolveFlagRequest;
import dev.rekindle.processing.v1.ContentFinding;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Mesh;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a check of content found in an upload, and what comes of it. */
@Tag("PHO-11")
class ContentFindingsIT {
    private static JobsOfTest test;
    private static PhotosServiceBlockingStub operator;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of());
        operator = test.photos(Mesh.admin("root"));
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private static Photo prepared(String user, Photo photo, boolean refused, PhotoState then) {
        ContentFinding finding = ContentFinding.newBuilder()
                .setRefused(refused)
                .setReason("bare 0.98")
                .build();
        test.finish(
                test.claim("image"), WorkCompleted.newBuilder().setContentFinding(finding), "prepared", "thumb_600");
        return await(user, photo, then);
    }

    private static Photo await(String user, Photo photo, PhotoState state) {
        return Eventually.answers(() -> {
            Photo now = test.photo(user, photo.getId());
            assertThat(now.getState()).isEqualTo(state);
            return now;
        });
    }

    private static Flag flagOf(Photo photo) {
        return operator.listFlags(ListFlagsRequest.newBuilder().setPageSize(100).build()).getFlagsList().stream()
                .filter(flag -> flag.getPhotoId().equals(photo.getId()))
                .findFirst()
                .orElseThrow();
    }

    private static Flag resolve(Flag flag, boolean uphold) {
        return operator.resolveFlag(ResolveFlagRequest.newBuilder()
                        .setFlagId(flag.getId())
                        .setUphold(uphold)
                        .build())
                .getFlag();
    }

    private static void download(String user, Photo photo, String variant) {
        var answer = test.photos(user)
                .getPhotoContent(GetPhotoContentRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .setVariant(variant)
                        .build());
        assertThat(answer.getUrl()).isNotEmpty();
    }

    private static Reason reason(Runnable call) {
        return JobsIT.refusal(call).reason();
    }

    @Test
    void a_photo_that_is_flagged_goes_on_and_waits_for_an_operator() {
        Photo photo = test.upload("ann", JobsOfTest.png(40, 30));
        Job waiting = test.createJob("ann", photo);
        Photo ready = prepared("ann", photo, false, PhotoState.PHOTO_STATE_READY);
        assertThat(ready.getFlagged()).isTrue();
        Flag flag = flagOf(photo);
        assertThat(flag.getState()).isEqualTo(FlagState.FLAG_STATE_OPEN);
        assertThat(flag.getComment()).isEqualTo("bare 0.98");
        assertThat(flag.getEntries(0).getBy()).isEqualTo("content-check");
        assertThat(test.claim(waiting).id()).isEqualTo(waiting.getId());
        download("ann", photo, "prepared");
    }

    @Test
    void a_refused_photo_is_neither_used_nor_shown_and_what_waited_for_it_is_paid_back() {
        Photo photo = test.upload("bea", JobsOfTest.png(40, 30));
        Job waiting = test.createJob("bea", photo);
        Photo refused = prepared("bea", photo, true, PhotoState.PHOTO_STATE_FAILED);
        assertThat(refused.getError().getReason()).isEqualTo(Reason.REASON_CONTENT_REFUSED);
        assertThat(refused.getError().getMessage())
                .as("what was found is for operators")
                .doesNotContain("0.98");
        Job failed = test.job("bea", waiting.getId());
        assertThat(failed.getState()).isEqualTo(JobState.JOB_STATE_FAILED);
        assertThat(failed.getError().getReason()).isEqualTo(Reason.REASON_CONTENT_REFUSED);
        Eventually.holds(() -> assertThat(test.peers.standing(waiting.getId())).isZero());

        assertThat(reason(() -> test.createJob("bea", photo))).isEqualTo(Reason.REASON_CONTENT_REFUSED);
        for (String variant : new String[] {"prepared", "original", "thumb_600"}) {
            assertThat(reason(() -> download("bea", photo, variant))).isEqualTo(Reason.REASON_CONTENT_REFUSED);
        }
        var seen = operator.getFlaggedPhoto(GetFlaggedPhotoRequest.newBuilder()
                .setFlagId(flagOf(photo).getId())
                .build());
        assertThat(seen.getPicture().isEmpty()).as("an operator sees it").isFalse();
    }

    @Test
    void what_an_operator_finds_nothing_wrong_with_can_be_used() {
        Photo photo = test.upload("cleo", JobsOfTest.png(40, 30));
        prepared("cleo", photo, true, PhotoState.PHOTO_STATE_FAILED);
        assertThat(resolve(flagOf(photo), false).getState()).isEqualTo(FlagState.FLAG_STATE_DISMISSED);
        Photo now = test.photo("cleo", photo.getId());
        assertThat(now.getState()).isEqualTo(PhotoState.PHOTO_STATE_READY);
        assertThat(now.hasError()).isFalse();
        assertThat(now.getFlagged()).isFalse();
        download("cleo", photo, "prepared");
        Job job = test.createJob("cleo", photo);
        assertThat(test.claim(job).id()).isEqualTo(job.getId());
    }

    @Test
    void what_an_operator_upholds_is_gone() {
        Photo photo = test.upload("dot", JobsOfTest.png(40, 30));
        prepared("dot", photo, true, PhotoState.PHOTO_STATE_FAILED);
        resolve(flagOf(photo), true);
        assertThat(reason(() -> test.photo("dot", photo.getId()))).isEqualTo(Reason.REASON_NOT_FOUND);
    }

    @Test
    void a_flag_of_the_owner_does_not_hide_what_the_check_finds() {
        Photo photo = test.upload("eve", JobsOfTest.png(40, 30));
        test.photos("eve")
                .flagPhoto(FlagPhotoRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .setComment("All is well")
                        .build());
        prepared("eve", photo, true, PhotoState.PHOTO_STATE_FAILED);
        Flag flag = flagOf(photo);
        assertThat(flag.getComment()).isEqualTo("bare 0.98");
        assertThat(flag.getEntriesList()).extracting(entry -> entry.getBy()).containsExactly("eve", "content-check");
    }
}
