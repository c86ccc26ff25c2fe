package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.PostgresServer;
import dev.rekindle.embedded.RedisProcess;
import dev.rekindle.embedded.S3Server;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.queue.Beat;
import dev.rekindle.queue.Claim;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users see while Redis or the store is really gone. Circuits rest an hour here, so what is back is found by asking. */
@Tag("OPS-08")
class OutagesIT {
    private static final S3Server.Key KEY = new S3Server.Key("access", "secret-0123456789");

    @TempDir
    Path folder;

    private static Failure refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        return Failures.of(thrown);
    }

    @Test
    void jobs_are_taken_and_cancelled_while_redis_is_gone_and_run_when_it_is_back() throws Exception {
        RedisProcess redis = RedisProcess.start(folder, Servers.binaries(), 0);
        Map<String, String> settings = Map.of(
                "redis.url", redis.url(),
                "redis.command_max", "500ms",
                "redis.circuit.within", "1h",
                "redis.circuit.open", "1h",
                "redis.circuit.test", "200ms");
        try (JobsOfTest test = new JobsOfTest(settings)) {
            Photo photo = test.preparedPhoto("ada");
            redis.close();
            Job early = test.createJob("ada", photo);
            assertThat(early.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
            Eventually.holds(() -> assertThat(test.circuit("redis")).isEqualTo(2));
            double sent = refused(test);

            Job late = test.createJob("ada", photo);
            Job unwanted = test.createJob("ada", photo);
            assertThat(late.getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
            QuoteJobResponse quote = test.jobs("ada")
                    .quoteJob(QuoteJobRequest.newBuilder()
                            .setSpec(JobsOfTest.RESTORE)
                            .build());
            assertThat(quote.getCreditCost()).isEqualTo(2);
            assertThat(quote.hasWait()).isFalse();
            assertThat(refused(test)).as("Redis was not asked").isGreaterThan(sent);
            assertThat(test.jobs("ada")
                            .cancelJob(CancelJobRequest.newBuilder()
                                    .setJobId(unwanted.getId())
                                    .build())
                            .getJob()
                            .getCancelling())
                    .isTrue();
            assertThat(test.job("ada", late.getId()).getState()).isEqualTo(JobState.JOB_STATE_QUEUED);
            Health.Report report = test.health();
            assertThat(report.ready()).isTrue();
            assertThat(report.checks())
                    .containsEntry("postgres", "ok")
                    .containsEntry("s3", "ok")
                    .containsEntry("redis", "circuit open");

            redis = RedisProcess.start(folder, Servers.binaries(), redis.port());
            Eventually.holds(() -> assertThat(test.circuit("redis")).isZero());
            test.await("ada", unwanted.getId(), JobState.JOB_STATE_CANCELLED);
            for (Job job : new Job[] {early, late}) {
                assertThat(test.finish(test.claim(job), "result")).isTrue();
                test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
            }
        } finally {
            redis.close();
        }
    }

    private static double refused(JobsOfTest test) {
        return test.telemetry
                .metrics()
                .get("circuit_breaker_refused_total")
                .tag("dependency", "redis")
                .functionCounter()
                .count();
    }

    @Test
    void uploads_are_refused_at_once_while_the_store_is_gone_and_go_on_when_it_is_back() throws Exception {
        S3Server store = S3Server.start(folder, 0, KEY, "test");
        Map<String, String> settings = Map.of(
                "blobs.endpoint",
                store.endpoint().toString(),
                "blobs.access_key",
                KEY.accessKey(),
                "blobs.secret_key",
                KEY.secretKey(),
                "blobs.circuit.within",
                "1h",
                "blobs.circuit.open",
                "1h",
                "blobs.circuit.test",
                "200ms");
        try (JobsOfTest test = new JobsOfTest(settings)) {
            byte[] bytes = JobsOfTest.png(40, 30);
            Upload begun = create(test, bytes);
            store.close();
            for (int i = 0; i < 3; i++) {
                assertThat(refusal(() -> test.write("ada", begun.getId(), 0, bytes, true))
                                .reason())
                        .isEqualTo(Reason.REASON_STORAGE_FAILED);
            }
            assertThat(test.circuit("s3")).isEqualTo(2);
            for (Failure failure : new Failure[] {
                refusal(() -> create(test, bytes)), refusal(() -> test.write("ada", begun.getId(), 0, bytes, true))
            }) {
                assertThat(failure.reason()).isEqualTo(Reason.REASON_STORAGE_FAILED);
                assertThat(failure.retryable()).isTrue();
                assertThat(failure.retryDelay()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
            }
            assertThat(test.health().ready()).isTrue();
            assertThat(test.health().checks()).containsEntry("s3", "circuit open");

            store = S3Server.start(folder, store.endpoint().getPort(), KEY, "test");
            Eventually.holds(() -> assertThat(
                            test.write("ada", begun.getId(), 0, bytes, true).getOffsetBytes())
                    .isEqualTo(bytes.length));
            assertThat(test.circuit("s3")).isZero();
            Photo photo = test.preparedPhoto("ada");
            assertThat(photo.getState()).isEqualTo(PhotoState.PHOTO_STATE_READY);
        } finally {
            store.close();
        }
    }

    private static Upload create(JobsOfTest test, byte[] bytes) {
        return test.photos("ada")
                .createUpload(CreateUploadRequest.newBuilder()
                        .setFilename("grandma.png")
                        .setSizeBytes(bytes.length)
                        .build())
                .getUpload();
    }

    @Test
    void progress_is_left_out_while_the_database_is_gone_and_the_end_of_a_job_is_not() throws Exception {
        PostgresServer database = PostgresServer.start(folder, Servers.binaries(), 0, false);
        database.grant(new PostgresServer.Login("jobs", "rekindle_jobs", "test"));
        Map<String, String> settings = Map.of(
                "database.url", database.url(),
                "database.user", "rekindle_jobs",
                "database.password", "test",
                "database.connect_max", "300ms",
                "database.progress.circuit.within", "1h",
                "database.progress.circuit.open", "1h",
                "database.progress.circuit.test", "200ms");
        try (JobsOfTest test = new JobsOfTest(settings)) {
            Photo photo = test.preparedPhoto("ada");
            Job job = test.createJob("ada", photo);
            Claim claim = test.claim(job);
            test.await("ada", job.getId(), JobState.JOB_STATE_PROCESSING);
            database.close();
            AtomicInteger percent = new AtomicInteger();
            Eventually.holds(() -> {
                JobProgress progress = JobProgress.newBuilder()
                        .setPercent(percent.incrementAndGet() * 0.01)
                        .setSequence(percent.get())
                        .setAttempt(1)
                        .build();
                assertThat(test.queue.heartbeat(List.of(new Beat(claim, percent.get(), progress.toByteString()))))
                        .containsExactly(Beat.Answer.KEPT);
                assertThat(test.circuit("postgres-progress")).isEqualTo(2);
            });
            assertThat(test.health().ready()).isFalse();
            assertThat(test.finish(claim, "result")).isTrue();
            database = PostgresServer.start(folder, Servers.binaries(), database.port(), false);
            test.await("ada", job.getId(), JobState.JOB_STATE_COMPLETED);
            assertThat(test.peers.standing(job.getId())).isEqualTo(1);
            Eventually.holds(() -> assertThat(test.circuit("postgres-progress")).isLessThan(2));
        } finally {
            database.close();
        }
    }
}
