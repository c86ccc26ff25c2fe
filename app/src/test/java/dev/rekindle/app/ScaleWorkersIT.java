package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.WorkInput;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.v1.WorkerState;
import dev.rekindle.processing.worker.WorkerSupervisor;
import dev.rekindle.queue.Entry;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import dev.rekindle.queue.ResultEntry;
import dev.rekindle.queue.Results;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Mesh;
import dev.rekindle.testkit.Servers;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real worker processes as more and fewer of them are wanted. */
@Tag("Q-13")
class ScaleWorkersIT implements ScaleWorkers.Mesh {
    private static final Ids ids = Ids.timeOrdered();

    private final Closer closer = new Closer();
    private final Map<String, String> settings = new HashMap<>();
    private Queue queue;
    private Blobs blobs;
    private WorkerSupervisor supervisor;
    private ScaleWorkers scale;
    private int wanted = 1;

    @BeforeEach
    void start(@TempDir Path folder) {
        settings.put("queue.namespace", "scale-" + ids.next());
        settings.put("queue.lane.free_tier.claims_per_second_max", "0");
        queue = closer.add(Queue.open(closer.add(Servers.openRedis()), QueueConfig.from(Mesh.settings(settings))));
        blobs = closer.add(Servers.openBlobs());
        settings.putAll(Mesh.redis());
        settings.putAll(Mesh.blobs());
        supervisor = closer.add(WorkerSupervisor.start(
                new WorkerSupervisor.Config(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        System.getProperty("java.class.path"),
                        List.of(),
                        256L << 20,
                        512L << 20,
                        Duration.ofSeconds(20),
                        number -> worker(number, folder)),
                1));
        scale = new ScaleWorkers(this, supervisor);
    }

    private Map<String, String> worker(int number, Path folder) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("worker.id", id(number));
        own.put("worker.folder", folder.resolve(String.valueOf(number)).toString());
        own.put("worker.concurrency", "1");
        return own;
    }

    private static String id(int number) {
        return "w" + number;
    }

    @AfterEach
    void stop() {
        closer.close();
    }

    @Override
    public int wanted() {
        return wanted;
    }

    @Override
    public boolean drain(int number) {
        try {
            queue.workers().drain(id(number));
            return true;
        } catch (Failure notThereYet) {
            return false;
        }
    }

    private void awaitTaking(String... workers) {
        Eventually.holds(() -> {
            scale.run();
            assertThat(queue.workers().list().stream()
                            .filter(worker -> worker.getState() == WorkerState.WORKER_STATE_IDLE
                                    || worker.getState() == WorkerState.WORKER_STATE_PROCESSING)
                            .map(worker -> worker.getId()))
                    .containsExactlyInAnyOrder(workers);
        });
    }

    @Test
    void more_are_started_and_one_too_many_ends_after_its_jobs_of_which_none_is_begun_twice() throws Exception {
        awaitTaking("w0");
        wanted = 2;
        awaitTaking("w0", "w1");
        Results results = queue.results("jobs", "test");
        List<String> jobs = new ArrayList<>();
        byte[] photo = photo();
        Eventually.holds(() -> {
            while (queue.positions(jobs).size() < 8) {
                jobs.add(order(photo)); // enough to do until it is seen at work
            }
            assertThat(busy()).contains("w1");
        });
        wanted = 1;
        scale.run();
        Eventually.holds(() -> {
            scale.run();
            assertThat(supervisor.numbers()).containsExactly(0);
        });
        List<ResultEntry> seen = new ArrayList<>();
        Eventually.holds(() -> {
            seen.addAll(read(results));
            assertThat(seen.stream()
                            .filter(entry -> entry.type() == ResultEntry.Type.FINISHED)
                            .map(ResultEntry::id))
                    .containsExactlyInAnyOrderElementsOf(jobs);
        });
        assertThat(seen.stream().filter(entry -> entry.type() == ResultEntry.Type.STARTED))
                .as("each begun once")
                .hasSize(jobs.size());
        assertThat(seen).noneMatch(entry -> entry.type() == ResultEntry.Type.RETURNED);
        assertThat(supervisor.pids()).hasSize(1);
        wanted = 2;
        awaitTaking("w0", "w1");
    }

    private List<String> busy() {
        return queue.workers().list().stream()
                .filter(worker -> worker.getState() == WorkerState.WORKER_STATE_PROCESSING)
                .map(worker -> worker.getId())
                .toList();
    }

    private static List<ResultEntry> read(Results results) {
        try {
            List<ResultEntry> read = results.read(50, Duration.ofMillis(100));
            results.ack(read);
            return read;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String order(byte[] photo) {
        String id = ids.next().toString();
        String key = "users/u/photos/" + id + "/original";
        blobs.put(key, photo, "image/png");
        WorkOrder order = WorkOrder.newBuilder()
                .setJobId(id)
                .setUserId("u")
                .addInputs(WorkInput.newBuilder().setPhotoId(id).setBlobKey(key))
                .setSpec(JobSpec.newBuilder().setPreparation(PreparationSpec.getDefaultInstance()))
                .setAttemptTimeout(Durations.fromMinutes(2))
                .setOutputPrefix("users/u/jobs/" + id + "/")
                .build();
        queue.enqueue(List.of(new Entry(
                id, "free_tier", "image", 5, 64L << 20, 0, Duration.ofMinutes(2), order.toByteString(), null)));
        return id;
    }

    private static byte[] photo() throws IOException {
        BufferedImage picture = new BufferedImage(2000, 1500, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                picture.setRGB(x, y, ((x * 255 / 2000) << 16) | ((y * 255 / 1500) << 8) | ((x ^ y) & 0xff));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", bytes);
        return bytes.toByteArray();
    }
}
