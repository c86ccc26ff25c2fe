package dev.rekindle.processing.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.Point;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.content.OperatorsCheck;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkFailed;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads that the operator's service is asked about: the real queue, store and pipelines. */
@Tag("PHO-11")
class ContentCheckIT {
    private static final Duration MINUTES = Duration.ofMinutes(3);

    private WorkerBench bench;
    private OperatorsCheck operators;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        bench = new WorkerBench(folder);
        operators = new OperatorsCheck();
    }

    @AfterEach
    void close() {
        operators.close();
        bench.close();
    }

    private static JobSpec preparation(PreparationSpec.Builder how) {
        return JobSpec.newBuilder().setPreparation(how).build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"full_processing", "quick_processing"})
    void every_pipeline_asks_and_what_is_found_goes_into_the_report_of_the_work(String pipeline) throws Exception {
        operators.answers(200, "{\"verdict\": \"refuse\", \"reason\": \"bare 0.98\"}");
        bench.engineSettings().putAll(operators.settings(Map.of()));
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(
                    TestPhotos.bytes("chelsea"),
                    preparation(PreparationSpec.newBuilder().setPipeline(pipeline)),
                    MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(completed.getContentFinding().getRefused()).isTrue();
            assertThat(completed.getContentFinding().getReason()).isEqualTo("bare 0.98");
            assertThat(completed.getOutputsList())
                    .as("an operator must be able to look at it")
                    .isNotEmpty();
            assertThat(bench.stages(id)).contains("check_content");
        }
    }

    @Test
    void the_whole_upload_is_shown_though_its_owner_wants_a_corner_of_it_only() throws Exception {
        bench.engineSettings().putAll(operators.settings(Map.of()));
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            Corners corner = Corners.newBuilder()
                    .setTopLeft(Point.newBuilder().setX(0).setY(0))
                    .setTopRight(Point.newBuilder().setX(0.5f).setY(0))
                    .setBottomRight(Point.newBuilder().setX(0.5f).setY(0.2f))
                    .setBottomLeft(Point.newBuilder().setX(0).setY(0.2f))
                    .build();
            String id = bench.order(
                    TestPhotos.bytes("chelsea"),
                    preparation(PreparationSpec.newBuilder().setCorners(corner)),
                    MINUTES);
            WorkCompleted completed = bench.awaitEnd(id).getCompleted();
            assertThat(completed.hasContentFinding()).isFalse();
            byte[] shown = Base64.getDecoder()
                    .decode(operators.asked().getFirst().json().get("picture").getAsString());
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(shown));
            BufferedImage whole = ImageIO.read(new ByteArrayInputStream(TestPhotos.bytes("chelsea")));
            assertThat((double) picture.getWidth() / picture.getHeight())
                    .isCloseTo(
                            (double) whole.getWidth() / whole.getHeight(), org.assertj.core.data.Offset.offset(0.02));
            assertThat(Math.max(picture.getWidth(), picture.getHeight())).isLessThanOrEqualTo(600);
        }
    }

    @Test
    void where_photos_are_to_wait_the_attempt_fails_and_may_be_tried_again() throws Exception {
        operators.answers(503, "");
        bench.engineSettings().putAll(operators.settings(Map.of("content_check.when_away", "wait")));
        try (WorkerMain worker = bench.startWorker("w1", MINUTES)) {
            assertThat(worker).isNotNull();
            String id = bench.order(TestPhotos.bytes("chelsea"), preparation(PreparationSpec.newBuilder()), MINUTES);
            WorkFailed failed = bench.awaitEnd(id).getFailed();
            assertThat(failed.getError().getReason()).isEqualTo(Reason.REASON_UNAVAILABLE);
            assertThat(failed.getError().getRetryable()).isTrue();
            assertThat(failed.getError().getStage()).isEqualTo("check_content");
        }
    }
}
