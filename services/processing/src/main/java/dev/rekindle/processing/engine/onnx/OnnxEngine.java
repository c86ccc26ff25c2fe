package dev.rekindle.processing.engine.onnx;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.circuit.CircuitOpen;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.EmbeddedEngine;
import dev.rekindle.processing.engine.Engine;
import dev.rekindle.processing.engine.EngineRequest;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.engine.Enlarging;
import dev.rekindle.processing.engine.Toning;
import dev.rekindle.processing.engine.onnx.Manifest.Shown;
import dev.rekindle.processing.engine.onnx.Manifest.Task;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.opencv.opencv_core.Mat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine that has an operator's own models do what they are for. What no model is installed for, the embedded engine
 * does: a job for both may be restored by the one and colourized by the other. Not well while its circuit is open.
 */
public final class OnnxEngine implements Engine {
    private static final Logger log = LoggerFactory.getLogger(OnnxEngine.class);
    private static final double STRENGTH_FULL = 0.7;

    private final String name;
    private final Map<JobType, String> promises;
    private final Parts parts;
    private final CircuitBreaker breaker;
    private volatile String problem = "";

    /** The models of one kind of work. */
    private record Parts(
            Optional<Model> restorer,
            Optional<Model> marker,
            Optional<Model> colourizer,
            Optional<Model> enlarger,
            EmbeddedEngine house) {
        List<Model> models() {
            return Stream.of(marker, restorer, colourizer, enlarger)
                    .flatMap(Optional::stream)
                    .toList();
        }

        String name() {
            return "onnx:"
                    + models().stream().map(model -> model.manifest().id()).collect(Collectors.joining("+"));
        }
    }

    private OnnxEngine(Parts parts, Map<JobType, String> promises, CircuitBreaker breaker) {
        this.name = parts.name();
        this.parts = parts;
        this.promises = Map.copyOf(promises);
        this.breaker = breaker;
    }

    /** An engine for each set of models that a kind of job wants; none where no model is installed. */
    public static List<Engine> of(InstalledModels models, EmbeddedEngine house) {
        Map<String, Parts> parts = new LinkedHashMap<>();
        Map<String, Map<JobType, String>> promises = new LinkedHashMap<>();
        for (JobType type :
                List.of(JobType.JOB_TYPE_RESTORATION, JobType.JOB_TYPE_COLOURIZATION, JobType.JOB_TYPE_COMBINED)) {
            boolean restore = type != JobType.JOB_TYPE_COLOURIZATION;
            boolean colourize = type != JobType.JOB_TYPE_RESTORATION;
            Optional<Model> marker = restore ? models.of(Task.DAMAGE_MASK) : Optional.empty();
            Parts wanted = new Parts(
                    restore ? models.of(Task.RESTORATION) : Optional.empty(),
                    marker,
                    colourize ? models.of(Task.COLOURIZATION) : Optional.empty(),
                    restore ? models.of(Task.UPSCALING) : Optional.empty(),
                    marker.map(model -> house.withDamage(new OnnxDamage(model))).orElse(house));
            if (!wanted.models().isEmpty()) {
                parts.putIfAbsent(wanted.name(), wanted);
                promises.computeIfAbsent(wanted.name(), _ -> new EnumMap<>(JobType.class))
                        .put(type, promise(wanted, restore, colourize));
            }
        }
        return parts.entrySet().stream()
                .<Engine>map(one -> new OnnxEngine(
                        one.getValue(),
                        promises.getOrDefault(one.getKey(), Map.of()),
                        new CircuitBreaker(one.getKey(), models.config().circuit(), models.nanoClock())))
                .toList();
    }

    /** What the contract says of the models that were refused. */
    public static List<dev.rekindle.processing.v1.Engine> refused(InstalledModels models) {
        return models.refused().stream()
                .map(refused -> dev.rekindle.processing.v1.Engine.newBuilder()
                        .setName("onnx:" + refused.name())
                        .setState(EngineState.ENGINE_STATE_REFUSED)
                        .setProblem(refused.problem())
                        .build())
                .toList();
    }

    private static String promise(Parts parts, boolean restore, boolean colourize) {
        List<String> sentences = new ArrayList<>();
        parts.marker().ifPresent(model -> sentences.add("The model " + id(model) + " finds damage."));
        if (restore) {
            sentences.add(parts.restorer()
                    .map(model -> "The model " + id(model) + " restores.")
                    .orElse("Rekindle's own engine mends, takes noise away and brings back faded contrast."));
        }
        if (restore) {
            sentences.add(parts.enlarger()
                    .map(model -> "The model " + id(model) + " enlarges small photos.")
                    .orElse("Rekindle's own engine enlarges small photos up to twice their width."));
        }
        if (colourize) {
            sentences.add(parts.colourizer()
                    .map(model -> "The model " + id(model)
                            + " gives full colour; true colours nobody knows, brightness stays.")
                    .orElse("Rekindle's own engine tints gently; the colours you mark are followed."));
        }
        return String.join(" ", sentences);
    }

    private static String id(Model model) {
        return model.manifest().id();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public EngineState state() {
        return breaker.lets() ? EngineState.ENGINE_STATE_READY : EngineState.ENGINE_STATE_UNHEALTHY;
    }

    @Override
    public String problem() {
        return problem;
    }

    @Override
    public Set<JobType> jobTypes() {
        return promises.keySet();
    }

    @Override
    public Map<JobType, String> promises() {
        return promises;
    }

    @Override
    public long pixelsMax() {
        return parts.models().stream()
                .filter(model ->
                        model.manifest().tile() != null && model.manifest().task() != Task.UPSCALING)
                .mapToLong(model -> model.manifest().limits().pixelsMax())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    @Override
    public int enlargement() {
        return parts.enlarger()
                .map(model -> model.manifest().output().scale())
                .orElse(parts.house().enlargement());
    }

    @Override
    public EngineResult run(EngineRequest request, Progress progress, Stop stop) {
        CircuitBreaker.Pass pass = enter();
        try {
            EngineResult result = work(request, progress, stop);
            pass.tell(CircuitBreaker.Verdict.WORKS);
            return result;
        } catch (ModelProblem found) {
            pass.tell(CircuitBreaker.Verdict.FAILS);
            problem = String.valueOf(found.getMessage());
            log.warn("{} failed: {}", name, problem);
            throw Failure.of(Reason.REASON_ENGINE_FAILED, "A model of this server could not do the photo.")
                    .withDetail(name + ": " + problem, found);
        } finally {
            pass.tell(CircuitBreaker.Verdict.SAYS_NOTHING);
        }
    }

    private CircuitBreaker.Pass enter() {
        try {
            return breaker.enter();
        } catch (CircuitOpen open) {
            throw Failure.of(Reason.REASON_ENGINE_FAILED, "The model takes no work now. It is tried again.")
                    .withRetryDelay(open.retryAfter());
        }
    }

    private EngineResult work(EngineRequest request, Progress progress, Stop stop) {
        List<String> report = new ArrayList<>();
        boolean changed = false;
        double restored = request.restore() ? (request.colourize() ? 0.5 : 0.7) : 0;
        double coloured = request.restore() && Enlarging.isWorthIt(request.size(), request.sizeMax()) ? 0.7 : 1;
        Picture picture = request.picture().copy();
        try {
            if (request.restore()) {
                EngineResult done = restore(request.of(picture), progress.part(0, restored), stop);
                changed = done.changed();
                report.addAll(done.report());
                picture = replaced(picture, done.picture());
            }
            if (request.colourize()) {
                EngineResult done = colourize(request.of(picture), progress.part(restored, coloured), stop);
                changed |= done.changed();
                report.addAll(done.report());
                picture = replaced(picture, done.picture());
            }
            if (request.restore()) {
                picture = enlarge(request.of(picture), report, progress.part(coloured, 1), stop);
            }
            progress.at(1);
            return new EngineResult(picture, report, changed);
        } catch (RuntimeException e) {
            picture.close();
            throw e;
        }
    }

    private static Picture replaced(Picture before, Picture after) {
        before.close();
        return after;
    }

    private EngineResult restore(EngineRequest request, Progress progress, Stop stop) {
        if (parts.restorer().isEmpty()) {
            EngineResult result = parts.house().run(request.atItsSize().restoringOnly(), progress, stop);
            List<String> report = new ArrayList<>();
            parts.marker().ifPresent(model -> report.add("The model " + id(model) + " looked for damage."));
            report.addAll(result.report());
            return new EngineResult(result.picture(), report, result.changed());
        }
        Model model = parts.restorer().get();
        double share = Math.min(1, request.strength() / STRENGTH_FULL);
        List<String> report = new ArrayList<>(List.of("The model " + id(model) + " restored the picture."));
        if (model.manifest().input().channels() == Shown.RGB_MASK) {
            try (Mat mask = parts.house().damage(request.picture(), stop)) {
                Picture restored = Answers.picture(model, request.picture().mat(), mask, share, progress, stop);
                return new EngineResult(restored, report, false);
            }
        }
        if (parts.marker().isEmpty()) {
            Picture restored = Answers.picture(model, request.picture().mat(), null, share, progress, stop);
            return new EngineResult(restored, report, false);
        }
        try (Picture mended = request.picture().copy()) {
            boolean found = parts.house().mend(mended, progress.part(0, 0.3), stop);
            report.addFirst(
                    found
                            ? "Mended the damage that the model "
                                    + id(parts.marker().get()) + " found."
                            : "The model " + id(parts.marker().get()) + " found no damage.");
            Picture restored = Answers.picture(model, mended.mat(), null, share, progress.part(0.3, 1), stop);
            return new EngineResult(restored, report, found);
        }
    }

    private EngineResult colourize(EngineRequest request, Progress progress, Stop stop) {
        // What has colours keeps them; what the owner marks is followed.
        if (parts.colourizer().isEmpty() || Toning.of(request.picture().mat()) == Toning.COLOUR) {
            return parts.house().run(request.colourizingOnly(), progress, stop);
        }
        Model model = parts.colourizer().get();
        String line = "The model " + id(model) + " colourized the picture; its colours are a guess.";
        try (Picture painted = request.picture().copy()) {
            Answers.paint(model, painted.mat(), progress.part(0, 0.8), stop);
            if (request.hints().isEmpty()) {
                return new EngineResult(painted.copy(), List.of(line), true);
            }
            // However few colours the model gave: a tint, which is what grey photos get, would take their place.
            String marked = EmbeddedEngine.layMarked(painted, request.hints(), progress.part(0.8, 1), stop);
            return new EngineResult(painted.copy(), List.of(line, marked), true);
        }
    }

    private Picture enlarge(EngineRequest request, List<String> report, Progress progress, Stop stop) {
        if (parts.enlarger().isEmpty()) {
            return parts.house().enlarged(request, report, progress, stop);
        }
        Model model = parts.enlarger().get();
        Picture picture = request.picture();
        if (!Enlarging.isWorthIt(request.size(), request.sizeMax())
                || picture.pixels() > model.manifest().limits().pixelsMax()) {
            report.add("The picture was left at its size.");
            return picture;
        }
        Picture fitting = Enlarging.replacing(
                picture, request.sizeMax(), small -> Answers.picture(model, small.mat(), null, 1, progress, stop));
        report.add("The model " + id(model) + " enlarged the picture to " + PictureSize.of(fitting) + " pixels.");
        return fitting;
    }
}
