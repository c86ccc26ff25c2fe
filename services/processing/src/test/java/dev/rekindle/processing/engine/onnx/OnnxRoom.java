package dev.rekindle.processing.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.line;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.engine.EmbeddedEngine;
import dev.rekindle.processing.engine.Engine;
import dev.rekindle.processing.engine.EngineRequest;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.engine.Luminance;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.jspecify.annotations.Nullable;

/** Models of a folder, loaded, under a clock that is turned by hand, and photos to show them. */
final class OnnxRoom implements AutoCloseable {
    static final Attempt ATTEMPT = new Attempt("", Path::of, _ -> {});
    private static final EmbeddedEngine EMBEDDED = EmbeddedEngine.load();

    private final ModelsFolder models;
    private final AtomicLong clock = new AtomicLong();
    private final AtomicLong step = new AtomicLong();
    private @Nullable InstalledModels installed;

    OnnxRoom(ModelsFolder models) {
        this.models = models;
    }

    /** From now on each look at the clock finds it that much later. */
    void stepNanos(long nanos) {
        step.set(nanos);
    }

    void passNanos(long nanos) {
        clock.addAndGet(nanos);
    }

    /** Loads the folder anew; none of its models may be refused. */
    List<Engine> engines() {
        close();
        InstalledModels loaded = models.load(() -> clock.addAndGet(step.get()));
        installed = loaded;
        assertThat(loaded.refused()).isEmpty();
        return OnnxEngine.of(loaded, EMBEDDED);
    }

    Engine engine(JobType type) {
        return engines().stream()
                .filter(engine -> engine.jobTypes().contains(type))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        InstalledModels loaded = installed;
        if (loaded != null) {
            loaded.close();
            installed = null;
        }
    }

    static Picture coffee() {
        try (Picture whole = TestPhotos.picture("coffee")) {
            return whole.fittingIn(new PictureSize(400, 300));
        }
    }

    /** The same with a white line from top to bottom, at the 200th column. */
    static Picture scratched(int thickness) {
        Picture photo = coffee();
        line(photo.mat(), new Point(200, 0), new Point(200, 299), new Scalar(255, 255, 255, 0), thickness, 8, 0);
        return photo;
    }

    static Picture grey(Picture picture) {
        try (Mat grey = Luminance.of(picture.mat())) {
            Mat three = new Mat();
            cvtColor(grey, three, COLOR_GRAY2BGR);
            return Picture.of(three);
        }
    }

    static EngineRequest restoration(Picture picture) {
        return new EngineRequest(picture, true, false, List.of(), 0.7, ATTEMPT);
    }

    static EngineResult run(Engine engine, EngineRequest request) {
        return engine.run(request, Progress.unheard(), new Stop());
    }

    /** Levels by which two pictures differ at their worst pixel. */
    static double difference(Picture one, Picture other) {
        try (Mat nowhere = new Mat()) {
            return norm(one.mat(), other.mat(), NORM_INF, nowhere);
        }
    }
}
