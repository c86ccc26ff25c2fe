package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.queue.Beat;
import dev.rekindle.queue.Claim;
import dev.rekindle.testkit.Eventually;
import io.grpc.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Watching a job: what a reader sees, in which order, and after a break. */
@Tag("JOB-06")
class WatchIT {
    private static JobsOfTest test;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of());
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    /** A reader on a thread of its own. */
    private static final class Reader {
        private final List<WatchJobResponse> messages = Collections.synchronizedList(new ArrayList<>());
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        private final Context.CancellableContext context = Context.ROOT.withCancellation();

        Reader(JobsServiceGrpc.JobsServiceBlockingStub stub, String jobId, String resumeAfter) {
            WatchJobRequest request = WatchJobRequest.newBuilder()
                    .setJobId(jobId)
                    .setResumeAfter(resumeAfter)
                    .build();
            Thread.ofVirtual().start(context.wrap(() -> {
                try {
                    Iterator<WatchJobResponse> stream = stub.watchJob(request);
                    stream.forEachRemaining(messages::add);
                    ended.complete(true);
                } catch (RuntimeException e) {
                    ended.completeExceptionally(e);
                }
            }));
        }

        List<WatchJobResponse> seen() {
            return List.copyOf(messages);
        }

        /** The states told with an event id, in order. */
        List<JobState> states() {
            return seen().stream()
                    .filter(message -> !message.getEventId().isEmpty())
                    .map(message -> message.getJob().getState())
                    .toList();
        }

        void awaitEnd() throws Exception {
            ended.get(30, TimeUnit.SECONDS);
        }

        void leave() {
            context.cancel(null);
        }
    }

    private static void beat(Claim claim, long sequence, double percent, String stage) {
        test.queue.heartbeat(List.of(new Beat(claim, sequence, progress(claim.attempt(), sequence, percent, stage))));
    }

    private static ByteString progress(int attempt, long sequence, double percent, String stage) {
        return JobProgress.newBuilder()
                .setAttempt(attempt)
                .setSequence(sequence)
                .setPercent(percent)
                .setStage(stage)
                .build()
                .toByteString();
    }

    @Test
    @Tag("PRC-06")
    void an_attempt_that_was_given_back_begins_anew_without_the_progress_it_had() {
        Job job = test.createJob("gil", test.preparedPhoto("gil"));
        Reader reader = new Reader(test.jobs("gil"), job.getId(), "");
        Claim first = test.claim("ai");
        Eventually.holds(() -> assertThat(reader.states()).contains(JobState.JOB_STATE_PROCESSING));
        beat(first, 1, 94, "store");
        Eventually.holds(() -> assertThat(reader.seen())
                .anyMatch(message -> message.getJob().getProgress().getPercent() == 94));
        assertThat(test.queue.giveBack(first)).isTrue();
        Eventually.holds(() -> assertThat(reader.states()).endsWith(JobState.JOB_STATE_QUEUED));
        Claim second = test.claim("ai");
        assertThat(second.attempt()).isEqualTo(first.attempt());
        Eventually.holds(() -> assertThat(reader.states()).endsWith(JobState.JOB_STATE_PROCESSING));
        assertThat(reader.seen().getLast().getJob().getProgress().getPercent()).isZero();
        reader.leave();
    }

    @Test
    @Tag("PRC-06")
    void progress_of_a_run_that_redis_forgot_is_not_shown_as_that_of_the_next() {
        Job job = test.createJob("red", test.preparedPhoto("red"));
        Reader reader = new Reader(test.jobs("red"), job.getId(), "");
        Eventually.holds(() -> assertThat(reader.states()).contains(JobState.JOB_STATE_QUEUED));
        // Nobody read that this run had begun, so the next has its number.
        test.stirred.publishProgress(job.getId(), 1, "forgotten", 7, progress(1, 7, 94, "store"));
        Claim claim = test.claim("ai");
        assertThat(claim.attempt()).isEqualTo(1);
        Eventually.holds(() -> assertThat(reader.states()).endsWith(JobState.JOB_STATE_PROCESSING));
        test.stirred.publishProgress(job.getId(), 1, "forgotten", 8, progress(1, 8, 95, "store"));
        beat(claim, 1, 3, "load");
        Eventually.holds(
                () -> assertThat(reader.seen().getLast().getJob().getProgress().getPercent())
                        .isEqualTo(3));
        Eventually.holds(() -> assertThat(test.peers.progress(job.getId())).containsExactly(3.0));
        assertThat(reader.seen())
                .extracting(message -> message.getJob().getProgress().getPercent())
                .containsOnly(0.0, 3.0);
        reader.leave();
        test.finish(claim, "result");
    }

    @Test
    void a_reader_sees_the_present_state_then_every_change_and_the_progress_until_the_end() throws Exception {
        Photo photo = test.preparedPhoto("ada");
        Job job = test.createJob("ada", photo);
        Reader reader = new Reader(test.jobs("ada"), job.getId(), "");
        Eventually.holds(() ->
                assertThat(reader.seen()).anyMatch(message -> message.getJob().hasQueue()));
        Claim claim = test.claim("ai");
        Eventually.holds(() -> assertThat(reader.states()).contains(JobState.JOB_STATE_PROCESSING));
        beat(claim, 1, 30, "mend_damage");
        Eventually.holds(() -> assertThat(reader.seen())
                .anyMatch(message -> message.getJob().getProgress().getPercent() == 30));
        beat(claim, 2, 60, "denoise");
        Eventually.holds(() -> assertThat(reader.seen())
                .anyMatch(message -> message.getJob().getProgress().getPercent() == 60));
        test.finish(claim, "result");
        reader.awaitEnd();
        assertThat(reader.states())
                .containsExactly(
                        JobState.JOB_STATE_QUEUED, JobState.JOB_STATE_PROCESSING, JobState.JOB_STATE_COMPLETED);
        List<Double> percents = reader.seen().stream()
                .map(message -> message.getJob().getProgress().getPercent())
                .toList();
        assertThat(percents).isSorted();
        assertThat(reader.seen().getLast().getJob().getOutputsCount()).isEqualTo(1);
    }

    @Test
    void a_reader_that_was_cut_off_gets_every_change_it_missed() throws Exception {
        Photo photo = test.preparedPhoto("cut");
        Job job = test.createJob("cut", photo);
        Reader first = new Reader(test.jobs("cut"), job.getId(), "");
        Eventually.holds(() -> assertThat(first.states()).containsExactly(JobState.JOB_STATE_QUEUED));
        String last = first.seen().getFirst().getEventId();
        first.leave();
        test.finish(test.claim("ai"), "result");
        Eventually.holds(
                () -> assertThat(test.job("cut", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED));
        Reader second = new Reader(test.jobs("cut"), job.getId(), last);
        second.awaitEnd();
        assertThat(second.states()).containsExactly(JobState.JOB_STATE_PROCESSING, JobState.JOB_STATE_COMPLETED);
        Reader third = new Reader(
                test.jobs("cut"), job.getId(), second.seen().getLast().getEventId());
        third.awaitEnd();
        assertThat(third.seen()).isEmpty();
    }

    @Test
    void a_job_that_has_ended_is_told_once() throws Exception {
        Photo photo = test.preparedPhoto("end");
        Job job = test.createJob("end", photo);
        test.finish(test.claim("ai"), "result");
        Eventually.holds(
                () -> assertThat(test.job("end", job.getId()).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED));
        Reader reader = new Reader(test.jobs("end"), job.getId(), "");
        reader.awaitEnd();
        assertThat(reader.states()).containsExactly(JobState.JOB_STATE_COMPLETED);
    }

    @Test
    void an_event_of_another_job_resumes_nothing() {
        Photo photo = test.preparedPhoto("oth");
        Job job = test.createJob("oth", photo);
        for (String id : List.of("rubbish", "018f0000-0000-7000-8000-000000000001")) {
            Failure failure = JobsIT.refusal(() -> test.jobs("oth")
                    .watchJob(WatchJobRequest.newBuilder()
                            .setJobId(job.getId())
                            .setResumeAfter(id)
                            .build())
                    .next());
            assertThat(failure.reason()).isEqualTo(Reason.REASON_INVALID_TOKEN);
        }
        test.finish(test.claim("ai"), "result");
    }

    @Test
    @Tag("API-04")
    void a_stream_ends_when_the_sign_in_does() {
        Photo photo = test.preparedPhoto("exp");
        Job job = test.createJob("exp", photo);
        Identity soon =
                new Identity("exp", Set.of(Role.ROLE_USER), null, Instant.now().plusSeconds(2));
        Failure failure = JobsIT.refusal(() -> test.jobs(soon)
                .watchJob(WatchJobRequest.newBuilder().setJobId(job.getId()).build())
                .forEachRemaining(message -> {}));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_CREDENTIALS_EXPIRED);
        test.finish(test.claim("ai"), "result");
    }
}
