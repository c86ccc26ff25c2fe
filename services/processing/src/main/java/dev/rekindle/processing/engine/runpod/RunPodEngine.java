package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.circuit.CircuitOpen;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.AnimationRequest;
import dev.rekindle.processing.engine.AnimationResult;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.engine.CompositionRequest;
import dev.rekindle.processing.engine.EmbeddedEngine;
import dev.rekindle.processing.engine.Engine;
import dev.rekindle.processing.engine.EngineRequest;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.EngineState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine that has a large model on RunPod do the work of one kind. Absent without a key; not well while its circuit is open. */
public final class RunPodEngine implements Engine, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunPodEngine.class);
    /** Its name, whatever the work. */
    public static final String NAME = "runpod";

    private static final double SENT = 0.05;
    private static final Map<JobType, String> PROMISES = Map.of(
            JobType.JOB_TYPE_RESTORATION,
            "A large model in the cloud mends damage of every kind, also where much is missing.",
            JobType.JOB_TYPE_COLOURIZATION,
            "A large model in the cloud gives full, plausible colour; true colours nobody knows.",
            JobType.JOB_TYPE_COMBINED,
            "A large model in the cloud mends damage and gives full, plausible colour in one go.",
            JobType.JOB_TYPE_ANIMATION,
            "A large model in the cloud lets people breathe, blink and smile a little; how they move is made up.",
            JobType.JOB_TYPE_COMPOSITION,
            "A large model in the cloud brings the people of your photos into one scene, which is made up.");

    private final RunPodConfig config;
    private final CircuitBreaker breaker;
    private final RandomGenerator random;
    private final Adapter adapter;
    private final SendPicture sending;
    private final RunPodApi api;
    private final FetchResult fetching;
    private final OpenRuns runs;
    private final Hints hints;
    private final ResumeJob resuming;
    private final SubmitJob submitting;
    private final AwaitJob awaiting;
    private volatile String problem = "";

    /**
     * The engine by those settings.
     *
     * @param hints of ends of jobs, where RunPod is asked to tell of them
     * @param nanoClock tells time, as {@code System.nanoTime} does
     */
    public RunPodEngine(
            RunPodConfig config,
            SharedPictures shared,
            OpenRuns runs,
            Hints hints,
            RandomGenerator random,
            LongSupplier nanoClock) {
        this.config = config;
        this.random = random;
        breaker = new CircuitBreaker(config.work().circuit(), config.circuit(), nanoClock);
        adapter = Adapter.of(config);
        sending = new SendPicture(config.input(), adapter, shared);
        api = new RunPodApi(config);
        fetching = new FetchResult(config, random);
        this.runs = runs;
        this.hints = hints;
        resuming = new ResumeJob(api, config, runs, random);
        submitting = new SubmitJob(api, config, random);
        awaiting = new AwaitJob(api, config, adapter, random, nanoClock);
    }

    /** What the contract says of it where it is configured for photos; how its circuit is, each worker knows for itself. */
    public static dev.rekindle.processing.v1.Engine described() {
        dev.rekindle.processing.v1.Engine.Builder engine =
                dev.rekindle.processing.v1.Engine.newBuilder().setName(NAME).setState(EngineState.ENGINE_STATE_READY);
        promises(RunPodConfig.Work.PHOTOS)
                .forEach((type, promise) -> engine.addJobTypes(type).putPromises(type.name(), promise));
        return engine.build();
    }

    private static Map<JobType, String> promises(RunPodConfig.Work work) {
        Map<JobType, String> own = new EnumMap<>(PROMISES);
        own.keySet().retainAll(work.jobTypes());
        return own;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "The cloud engine";
    }

    @Override
    public EngineState state() {
        if (!config.isConfigured()) {
            return EngineState.ENGINE_STATE_ABSENT;
        }
        return breaker.lets() ? EngineState.ENGINE_STATE_READY : EngineState.ENGINE_STATE_UNHEALTHY;
    }

    @Override
    public String problem() {
        return problem;
    }

    @Override
    public Set<JobType> jobTypes() {
        return config.work().jobTypes();
    }

    @Override
    public Map<JobType, String> promises() {
        return promises(config.work());
    }

    /**
     * What is to be done over there.
     *
     * @param words of the owner
     * @param seconds a clip is to last; 0 for pictures
     */
    private record Errand(JobType type, String words, List<Picture> pictures, double seconds, Attempt attempt) {
        Path output() {
            return attempt.files().apply("engine-output");
        }
    }

    @Override
    public EngineResult run(EngineRequest request, Progress progress, Stop stop) {
        Errand errand = new Errand(request.jobType(), "", List.of(request.picture()), 0, request.attempt());
        PictureSize size = PictureSize.of(request.picture());
        Picture picture =
                run(errand, bytes -> ReadResult.read(bytes, errand.output(), size, stop), progress.part(0, 0.95), stop);
        List<String> report = report(request);
        try {
            if (!request.hints().isEmpty()) {
                // The model is told nothing of them: who marked what he knows must not pay for a guess instead.
                report.add(EmbeddedEngine.layMarked(picture, request.hints(), progress.part(0.95, 1), stop));
            }
            progress.at(1);
            return new EngineResult(picture, report, true);
        } catch (RuntimeException e) {
            picture.close();
            throw e;
        }
    }

    @Override
    public AnimationResult animate(AnimationRequest request, Progress progress, Stop stop) {
        Errand errand = new Errand(
                JobType.JOB_TYPE_ANIMATION,
                request.words(),
                List.of(request.picture()),
                request.seconds(),
                request.attempt());
        Path file = run(errand, bytes -> ReadResult.video(bytes, errand.output()), progress, stop);
        return new AnimationResult(
                file,
                AnimationResult.Form.VIDEO,
                List.of("A large model in the cloud set the photo in motion; how it moves is made up."));
    }

    @Override
    public EngineResult compose(CompositionRequest request, Progress progress, Stop stop) {
        Errand errand =
                new Errand(JobType.JOB_TYPE_COMPOSITION, request.words(), request.pictures(), 0, request.attempt());
        Picture picture = run(errand, bytes -> ReadResult.read(bytes, errand.output(), stop), progress, stop);
        String made = "A large model in the cloud brought " + request.pictures().size()
                + " photos together in one picture; the scene is made up.";
        return new EngineResult(picture, List.of(made), true);
    }

    private <T> T run(Errand errand, Function<ByteString, T> reading, Progress progress, Stop stop) {
        CircuitBreaker.Pass pass = enter(stop);
        try {
            T result = work(errand, reading, progress, stop);
            pass.tell(CircuitBreaker.Verdict.WORKS);
            return result;
        } catch (RunFailed failed) {
            tell(pass, failed.verdict());
            problem = failed.verdict() == RunFailed.Verdict.SAYS_NOTHING
                    ? problem
                    : failed.failure().detail();
            throw failed.failure();
        } catch (Stop.Stopped stopped) {
            if (stopped.why() == Stop.Cause.TIMEOUT || stopped.why() == Stop.Cause.STALLED) {
                pass.tell(CircuitBreaker.Verdict.FAILS);
            }
            throw stopped;
        } finally {
            pass.tell(CircuitBreaker.Verdict.SAYS_NOTHING);
        }
    }

    private CircuitBreaker.Pass enter(Stop stop) {
        try {
            if (config.isConfigured()) {
                boolean trial = breaker.state() != CircuitBreaker.State.CLOSED;
                CircuitBreaker.Pass pass = breaker.enter();
                if (!trial || isBack(pass, stop)) {
                    return pass;
                }
            }
        } catch (CircuitOpen open) {
            log.debug("RunPod is left alone", open);
        }
        throw Failure.of(Reason.REASON_ENGINE_FAILED, "The cloud engine takes no work now. It is tried again.")
                .withRetryDelay(Duration.ofSeconds(1));
    }

    /** Asks before a job is tried: where no worker can serve, that job would wait in vain. */
    private boolean isBack(CircuitBreaker.Pass pass, Stop stop) {
        try {
            if (api.serves(stop)) {
                return true;
            }
        } catch (Stop.Stopped stopped) {
            pass.tell(CircuitBreaker.Verdict.SAYS_NOTHING);
            throw stopped;
        }
        log.info("Endpoint {} has no worker that could serve; no job is tried there", config.endpoint());
        pass.tell(CircuitBreaker.Verdict.FAILS);
        return false;
    }

    private static void tell(CircuitBreaker.Pass pass, RunFailed.Verdict verdict) {
        switch (verdict) {
            case COUNTS -> pass.tell(CircuitBreaker.Verdict.FAILS);
            case TRIPS -> pass.trip();
            case SAYS_NOTHING -> pass.tell(CircuitBreaker.Verdict.SAYS_NOTHING);
        }
    }

    /** Keeps jobs away from RunPod while it fails. */
    public CircuitBreaker circuit() {
        return breaker;
    }

    private <T> T work(Errand errand, Function<ByteString, T> reading, Progress progress, Stop stop) {
        Attempt attempt = errand.attempt();
        boolean kept = false;
        try {
            RunPodJob done;
            Optional<RunPodJob> left = resuming.resume(attempt.reference(), stop);
            if (left.isPresent()) {
                // Which token RunPod was given for it died with the worker.
                done = await(left.get(), hints.none(), attempt, progress, stop);
            } else {
                try (SendPicture.Sent sent = sending.send(errand.pictures(), attempt, stop);
                        Hints.Hint hint = config.wantsHints() ? hints.expect() : hints.none()) {
                    progress.at(SENT);
                    done = submitted(errand, sent, hint, progress, stop);
                }
            }
            ByteString bytes = switch (adapter.result(done.output()).orElseThrow()) {
                case Adapter.Result.At at -> fetching.fetch(at.url(), stop);
                case Adapter.Result.Here here -> here.bytes();
            };
            T result = reading.apply(bytes);
            progress.at(1);
            return result;
        } catch (Stop.Stopped stopped) {
            kept = OpenRuns.areGoneOnWith(stopped.why());
            throw stopped;
        } finally {
            if (!kept) {
                forget(attempt.reference());
            }
        }
    }

    private RunPodJob submitted(Errand errand, SendPicture.Sent sent, Hints.Hint hint, Progress progress, Stop stop) {
        try {
            RunPodJob submitted = submitting.submit(body(errand, sent), hint, errand.attempt(), stop);
            return await(submitted, hint, errand.attempt(), progress, stop);
        } catch (Stop.Stopped stopped) {
            if (OpenRuns.areGoneOnWith(stopped.why())) {
                sent.leave();
            }
            throw stopped;
        }
    }

    private RunPodJob await(RunPodJob submitted, Hints.Hint hint, Attempt attempt, Progress progress, Stop stop) {
        log.info("{} is {} at endpoint {}", attempt.reference(), submitted.id(), config.endpoint());
        return awaiting.await(
                submitted,
                hint,
                attempt,
                () -> runs.note(new OpenRuns.Run(attempt.reference(), config.endpoint(), submitted.id())),
                progress.part(SENT, 0.95),
                stop);
    }

    private void forget(String reference) {
        try {
            runs.forget(reference);
        } catch (Failure failure) {
            // The next attempt, if there is one, finds a job that has ended; the sweep of the jobs service finds the
            // note.
            log.warn("Could not forget what ran for {}: {}", reference, failure.detail());
        }
    }

    private JsonObject body(Errand errand, SendPicture.Sent sent) {
        String told = config.prompts().of(errand.type());
        JsonObject input = adapter.input(new Adapter.Wish(
                errand.words().isEmpty() ? told : told + " " + errand.words(),
                config.prompts().negative(),
                sent.texts(),
                sent.inline(),
                random.nextLong(1L << 31),
                errand.seconds(),
                PictureSize.of(errand.pictures().getFirst())));
        JsonObject metadata = new JsonObject();
        metadata.addProperty("reference", errand.attempt().reference());
        input.add("metadata", metadata);
        JsonObject policy = new JsonObject();
        RunPodConfig.Times times = config.times();
        policy.addProperty("executionTimeout", times.executionMax().toMillis());
        policy.addProperty(
                "ttl",
                Math.max(10_000, times.queueMax().plus(times.executionMax()).toMillis()));
        JsonObject body = new JsonObject();
        body.add("input", input);
        body.add("policy", policy);
        return body;
    }

    private static List<String> report(EngineRequest request) {
        List<String> report = new ArrayList<>();
        report.add(
                switch (request.jobType()) {
                    case JOB_TYPE_COMBINED -> "A large model in the cloud restored and colourized the picture.";
                    case JOB_TYPE_COLOURIZATION -> "A large model in the cloud colourized the picture.";
                    case JOB_TYPE_RESTORATION,
                            JOB_TYPE_IMAGE,
                            JOB_TYPE_VIDEO,
                            JOB_TYPE_ANIMATION,
                            JOB_TYPE_COMPOSITION,
                            JOB_TYPE_PREPARATION,
                            JOB_TYPE_UNSPECIFIED,
                            UNRECOGNIZED -> "A large model in the cloud restored the picture.";
                });
        return report;
    }

    @Override
    public void close() throws IOException {
        try (api) {
            fetching.close();
        }
    }
}
