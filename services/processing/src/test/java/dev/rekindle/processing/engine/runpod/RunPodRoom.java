package dev.rekindle.processing.engine.runpod;

import dev.rekindle.embedded.runpod.RunPodServer;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.processing.Ears;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.engine.EmbeddedEngine;
import dev.rekindle.processing.engine.Engine;
import dev.rekindle.processing.engine.EngineRequest;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** A stand-in for RunPod, the engine that uses it, and what the engine told. */
final class RunPodRoom implements AutoCloseable {
    static final String KEY = "rp_test_key_9f3";

    final RunPodServer server;
    final Map<String, String> settings = new HashMap<>();
    final AtomicLong spent = new AtomicLong();
    final AtomicLong time = new AtomicLong();
    final List<Double> progress = new CopyOnWriteArrayList<>();
    final NotedRuns runs = new NotedRuns();
    final Hints hints = new Hints(new SecureRandom());
    final Ears ears;
    private final Path folder;
    private final List<RunPodEngine> opened = new CopyOnWriteArrayList<>();

    RunPodRoom(Path folder, Duration queued, Duration running) throws IOException {
        this.folder = folder;
        ears = Ears.open(hints::tell);
        server = RunPodServer.start(
                new RunPodServer.Config(0, KEY, "ep1", queued, running, Duration.ofMinutes(30), ears.address()),
                Clock.systemUTC());
        settings.putAll(Map.of(
                "runpod.base_url", server.baseUrl().toString(),
                "runpod.key", KEY,
                "runpod.endpoint", "ep1",
                "runpod.input", "inline",
                "runpod.poll_min", "5ms",
                "runpod.poll_max", "20ms",
                "runpod.networks_allowed", "127.0.0.0/8"));
    }

    RunPodRoom(Path folder) throws IOException {
        this(folder, Duration.ZERO, Duration.ZERO);
    }

    /** The engine for photos by the present settings. */
    RunPodEngine engine() {
        return engine(RunPodConfig.Work.PHOTOS);
    }

    /** The engine for that work by the present settings. */
    RunPodEngine engine(RunPodConfig.Work work) {
        Settings from = Settings.of(settings);
        RunPodConfig config = RunPodConfig.all(from).stream()
                .filter(one -> one.work() == work)
                .findFirst()
                .orElseThrow();
        from.check();
        SharedPictures none = new SharedPictures() {
            @Override
            public boolean reachable() {
                return false;
            }

            @Override
            public String put(String key, byte[] jpeg) {
                throw new UnsupportedOperationException("nothing is put into the store here");
            }

            @Override
            public void remove(String key) {
                throw new UnsupportedOperationException("nothing is in the store here");
            }
        };
        RunPodEngine engine = new RunPodEngine(
                config,
                none,
                runs,
                hints,
                RandomGenerator.of("L64X128MixRandom"),
                () -> System.nanoTime() + time.get());
        opened.add(engine);
        return engine;
    }

    /** The engine that is always there. */
    static Engine local() {
        return EmbeddedEngine.load();
    }

    /** Leaves a job at the server as a worker that dies does. */
    void leave(String attempt) throws Exception {
        String picture = Base64.getEncoder().encodeToString(TestPhotos.bytes("chelsea"));
        HttpRequest run = HttpRequest.newBuilder(URI.create(server.baseUrl() + "/ep1/run"))
                .header("Authorization", "Bearer " + KEY)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"input\":{\"image\":\"data:image/jpeg;base64," + picture + "\"}}"))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            http.send(run, HttpResponse.BodyHandlers.discarding());
        }
        runs.note(new OpenRuns.Run(
                "users/u/jobs/j1/" + attempt, "ep1", server.jobs().getLast().id()));
    }

    /** Restores a photo; the caller closes the picture. */
    EngineResult restore(RunPodEngine engine, Stop stop) {
        return restore(engine, stop, "1-lease");
    }

    /** The same in an attempt of that name. */
    EngineResult restore(RunPodEngine engine, Stop stop, String name) {
        return run(engine, stop, name, false, List.of());
    }

    /** Restores and colourizes a photo on which that is marked; the caller closes the picture. */
    EngineResult colourize(RunPodEngine engine, List<ColourHint> hints) {
        return run(engine, new Stop(), "1-lease", true, hints);
    }

    private EngineResult run(RunPodEngine engine, Stop stop, String name, boolean colourize, List<ColourHint> hints) {
        Attempt attempt = new Attempt("users/u/jobs/j1/" + name, folder::resolve, spent::addAndGet);
        try (Picture picture = TestPhotos.picture("chelsea")) {
            EngineRequest request = new EngineRequest(picture, true, colourize, hints, 0.7, attempt);
            return engine.run(request, Progress.to(progress::add), stop);
        }
    }

    @Override
    public void close() throws IOException {
        for (RunPodEngine one : opened) {
            one.close();
        }
        server.close();
        ears.close();
    }
}
