package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.embedded.S3Server;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.blobs.BlobsConfig;
import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.v1.WorkOutput;
import dev.rekindle.queue.Ending;
import dev.rekindle.queue.ResultEntry;
import dev.rekindle.queue.Snapshot;
import dev.rekindle.testkit.Eventually;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose store is really gone. The circuit rests an hour, so what is back is found by asking. */
@Tag("OPS-08")
class StoreAwayIT {
    private static final S3Server.Key KEY = new S3Server.Key("access", "secret-0123456789");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final JobSpec PREPARATION = JobSpec.newBuilder()
            .setPreparation(PreparationSpec.getDefaultInstance())
            .build();

    @TempDir
    Path work;

    @TempDir
    Path storage;

    private static BlobsConfig config(URI endpoint) {
        return config(endpoint, null);
    }

    private static BlobsConfig config(URI endpoint, @Nullable BlobsConfig alternative) {
        return new BlobsConfig(
                endpoint,
                URI.create(""),
                "us-east-1",
                "test",
                KEY.accessKey(),
                new Secret(KEY.secretKey()),
                true,
                Duration.ofMinutes(5),
                new CircuitRule(3, HOUR, HOUR, Duration.ofMillis(300)),
                alternative);
    }

    @Test
    @Tag("PHO-09")
    void results_that_the_store_does_not_take_lie_elsewhere_until_they_are_brought_home(@TempDir Path second)
            throws Exception {
        S3Server store = S3Server.start(storage, 0, KEY, "test");
        try (S3Server spare = S3Server.start(second, 0, KEY, "test");
                Blobs elsewhere = Blobs.open(config(spare.endpoint()));
                WorkerBench bench = new WorkerBench(work, config(store.endpoint(), config(spare.endpoint())))) {
            String id = bench.order(TestPhotos.bytes("rocket"), PREPARATION, HOUR);
            // The photo can still be read, from elsewhere: nothing but storing fails.
            elsewhere.put("users/u/photos/" + id + "/original", TestPhotos.bytes("rocket"), "image/jpeg");
            store.close();
            List<WorkOutput> outputs;
            try (WorkerMain _ = bench.startWorker("w1", HOUR)) {
                outputs = bench.awaitEnd(id).getCompleted().getOutputsList();
            }
            assertThat(outputs).hasSize(4);
            for (WorkOutput output : outputs) {
                assertThat(elsewhere.find(output.getBlobKey())).isPresent();
                assertThat(bench.blob(output.getBlobKey()))
                        .hasSize(Math.toIntExact(output.getMetadata().getSizeBytes()));
            }
            store = S3Server.start(storage, store.endpoint().getPort(), KEY, "test");
            Eventually.holds(() -> assertThat(bench.blobs().bringHome()).isPositive());
            List<String> left = new ArrayList<>();
            elsewhere.list("", blob -> left.add(blob.key()));
            assertThat(left).isEmpty();
            try (Blobs home = Blobs.open(config(store.endpoint()))) {
                for (WorkOutput output : outputs) {
                    assertThat(home.find(output.getBlobKey())).hasValueSatisfying(blob -> {
                        assertThat(blob.sizeBytes())
                                .isEqualTo(output.getMetadata().getSizeBytes());
                        assertThat(blob.contentType()).isEqualTo(output.getContentType());
                    });
                }
            }
        } finally {
            store.close();
        }
    }

    @Test
    void jobs_are_handed_back_without_their_attempt_counting_and_run_when_the_store_is_back() throws Exception {
        S3Server store = S3Server.start(storage, 0, KEY, "test");
        try (WorkerBench bench = new WorkerBench(work, config(store.endpoint()))) {
            String first = bench.order(TestPhotos.bytes("rocket"), PREPARATION, HOUR);
            String second = bench.order(TestPhotos.bytes("rocket"), PREPARATION, HOUR);
            store.close();
            try (WorkerMain worker = bench.startWorker("w1", HOUR)) {
                bench.await(ResultEntry.Type.RETURNED);
                Eventually.holds(() -> assertThat(
                                bench.queue().snapshots(List.of(first, second)).values())
                        .as("the worker holds nothing and takes nothing")
                        .allMatch(Snapshot.Waiting.class::isInstance));
                assertThat(worker.health().report().checks())
                        .containsEntry("s3", "circuit open")
                        .containsEntry("resources", "ok");
                store = S3Server.start(storage, store.endpoint().getPort(), KEY, "test");
                for (String id : List.of(first, second)) {
                    ResultEntry end = bench.await(id, ResultEntry.Type.FINISHED);
                    assertThat(end.ending()).isEqualTo(Ending.COMPLETED);
                    assertThat(end.attempt()).isEqualTo(1);
                }
                assertThat(worker.health().report().ready()).isTrue();
            }
        } finally {
            store.close();
        }
    }
}
