package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.queue.Claim;
import dev.rekindle.testkit.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Photos that are deleted while somebody works on them. */
@Tag("PHO-04")
@Tag("PHO-05")
class DeletedPhotosIT {
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

    private static void delete(String user, Photo photo) {
        var _ = test.photos(user)
                .deletePhoto(DeletePhotoRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .build());
        Eventually.holds(() -> assertThat(blobsOf(user)).isEmpty());
    }

    @Test
    void what_a_worker_made_of_a_photo_that_has_been_deleted_meanwhile_goes_after_it() {
        Photo photo = test.preparedPhoto("deleting-ann");
        Job job = test.createJob("deleting-ann", photo);
        Claim claim = test.claim("ai");
        test.await("deleting-ann", job.getId(), JobState.JOB_STATE_PROCESSING);
        delete("deleting-ann", photo);
        assertThat(test.finish(claim, "result")).isTrue();
        test.await("deleting-ann", job.getId(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.job("deleting-ann", job.getId()).getOutputsList()).isEmpty();
        Eventually.holds(() -> assertThat(blobsOf("deleting-ann")).isEmpty());
    }

    @Test
    void a_photo_that_is_deleted_while_it_is_prepared_leaves_no_row_of_a_picture() {
        Photo photo = test.upload("deleting-ben", JobsOfTest.png(30, 30));
        Claim claim = test.claim("image");
        test.await("deleting-ben", claim.id(), JobState.JOB_STATE_PROCESSING);
        delete("deleting-ben", photo);
        assertThat(test.finish(claim, "prepared", "thumb_150")).isTrue();
        test.await("deleting-ben", claim.id(), JobState.JOB_STATE_COMPLETED);
        assertThat(test.job("deleting-ben", claim.id()).getOutputsList()).isEmpty();
        Eventually.holds(() -> assertThat(blobsOf("deleting-ben")).isEmpty());
    }
}
