package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Point;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.Upload;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same work on the same content, asked for twice. */
@Tag("JOB-09")
class SameWorkIT {
    private JobsOfTest test;
    private Photo photo;
    private int before;

    @BeforeEach
    void start() {
        test = new JobsOfTest(Map.of());
        photo = test.preparedPhoto("ada");
        before = test.peers.balance("ada");
    }

    @AfterEach
    void stop() {
        test.close();
    }

    private static CreateJobRequest.Builder wish(Photo photo) {
        return JobsOfTest.request(photo).setAllowDuplicate(false);
    }

    private Job create(CreateJobRequest.Builder wish) {
        return test.jobs("ada").createJob(wish.build()).getJob();
    }

    @Test
    void the_same_content_uploaded_twice_is_worked_on_and_paid_once() {
        Photo copy = test.preparedPhoto("ada");
        assertThat(copy.getId()).isNotEqualTo(photo.getId());
        Job first = create(wish(photo));
        assertThat(create(wish(copy)).getId()).isEqualTo(first.getId());
        test.finish(test.claim("ai"), "result");
        test.await("ada", first.getId(), JobState.JOB_STATE_COMPLETED);
        Job later = create(wish(copy).setRequestId("later"));
        assertThat(later.getId()).isEqualTo(first.getId());
        assertThat(later.getState()).isEqualTo(JobState.JOB_STATE_COMPLETED);
        assertThat(create(wish(copy).setRequestId("later")).getId()).isEqualTo(first.getId());
        assertThat(test.peers.balance("ada")).isEqualTo(before - 2);
    }

    @Test
    void calls_at_the_same_moment_make_one_job_and_one_charge() throws Exception {
        List<Callable<Job>> calls = IntStream.range(0, 12)
                .<Callable<Job>>mapToObj(i -> () -> create(wish(photo).setRequestId("call-" + i)))
                .toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> ids = new java.util.ArrayList<>();
            for (Future<Job> made : threads.invokeAll(calls)) {
                ids.add(made.get().getId());
            }
            assertThat(ids).hasSize(12).containsOnly(ids.getFirst());
        }
        assertThat(test.peers.balance("ada")).isEqualTo(before - 2);
    }

    @Test
    void another_job_is_made_where_the_caller_says_so_or_anything_is_different() {
        Job first = create(wish(photo));
        Job again = create(wish(photo).setAllowDuplicate(true));
        Job colourized = create(wish(photo)
                .setSpec(JobsOfTest.RESTORE.toBuilder()
                        .setRestoration(
                                JobsOfTest.RESTORE.getRestoration().toBuilder().setColourize(true))));
        Job stronger = create(wish(photo)
                .setSpec(JobsOfTest.RESTORE.toBuilder()
                        .setRestoration(
                                JobsOfTest.RESTORE.getRestoration().toBuilder().setStrength(1))));
        assertThat(List.of(first.getId(), again.getId(), colourized.getId(), stronger.getId()))
                .doesNotHaveDuplicates();
    }

    @Test
    void another_crop_of_the_same_file_is_other_content() {
        Job first = create(wish(photo));
        byte[] bytes = JobsOfTest.png(40, 30);
        Upload upload = test.photos("ada")
                .createUpload(CreateUploadRequest.newBuilder()
                        .setFilename("grandma.png")
                        .setSizeBytes(bytes.length)
                        .build())
                .getUpload();
        test.write("ada", upload.getId(), 0, bytes, true);
        Photo cropped = test.photos("ada")
                .completeUpload(CompleteUploadRequest.newBuilder()
                        .setUploadId(upload.getId())
                        .setCorners(Corners.newBuilder()
                                .setTopLeft(point(0.1, 0.1))
                                .setTopRight(point(0.9, 0.1))
                                .setBottomRight(point(0.9, 0.9))
                                .setBottomLeft(point(0.1, 0.9)))
                        .build())
                .getPhoto();
        assertThat(create(wish(cropped)).getId()).isNotEqualTo(first.getId());
    }

    private static Point.Builder point(double x, double y) {
        return Point.newBuilder().setX(x).setY(y);
    }

    @Test
    void work_that_failed_was_cancelled_or_lost_its_results_is_done_anew() {
        Job failed = create(wish(photo));
        test.fail(test.claim(failed), FailureClass.FAILURE_CLASS_DATA);
        test.await("ada", failed.getId(), JobState.JOB_STATE_FAILED);
        Job cancelled = create(wish(photo));
        test.jobs("ada")
                .cancelJob(CancelJobRequest.newBuilder()
                        .setJobId(cancelled.getId())
                        .build());
        Job done = create(wish(photo));
        test.finish(test.claim(done), "result");
        test.await("ada", done.getId(), JobState.JOB_STATE_COMPLETED);
        Photo copy = test.preparedPhoto("ada");
        test.photos("ada")
                .deletePhoto(DeletePhotoRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .build());
        Job anew = create(wish(copy));
        assertThat(List.of(failed.getId(), cancelled.getId(), done.getId(), anew.getId()))
                .doesNotHaveDuplicates();
    }

    @Test
    void another_users_work_is_never_the_answer() {
        Job mine = create(wish(photo));
        Photo theirs = test.preparedPhoto("bob");
        Job other = test.jobs("bob").createJob(wish(theirs).build()).getJob();
        assertThat(other.getId()).isNotEqualTo(mine.getId());
        assertThat(other.getUserId()).isEqualTo("bob");
    }
}
