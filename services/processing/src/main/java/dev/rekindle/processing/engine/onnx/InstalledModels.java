package dev.rekindle.processing.engine.onnx;

import dev.rekindle.processing.engine.onnx.Manifest.Task;
import dev.rekindle.processing.pipeline.MemoryBudget;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of the folder: those that passed every check, one a task, and those refused, with the reason. What is wrong
 * with one model stops neither the others nor the worker.
 */
public final class InstalledModels implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InstalledModels.class);
    private static final int MODELS_MAX = 32;

    private final OnnxConfig config;
    private final MemoryBudget memory;
    private final LongSupplier nanoClock;
    private final ScheduledExecutorService alarms = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("onnx-alarms").factory());
    private final Map<Task, Model> models = new EnumMap<>(Task.class);
    private final Set<String> ids = new HashSet<>();
    private final List<Refused> refused = new ArrayList<>();
    private long memoryBytes;

    /**
     * A model that is not used.
     *
     * @param name its id, or its manifest's name where that has no id
     */
    record Refused(String name, String problem) {}

    private InstalledModels(OnnxConfig config, MemoryBudget memory, LongSupplier nanoClock) {
        this.config = config;
        this.memory = memory;
        this.nanoClock = nanoClock;
    }

    /**
     * Loads and tries all models there are, in the order of their manifests' names.
     *
     * @param memory of the worker: what models may take is taken from it for good
     */
    public static InstalledModels load(OnnxConfig config, MemoryBudget memory, LongSupplier nanoClock) {
        InstalledModels installed = new InstalledModels(config, memory, nanoClock);
        if (config.isConfigured()) {
            try (Stream<Path> files = Files.list(config.folder())) {
                files.filter(file -> file.getFileName().toString().endsWith(".json"))
                        .sorted()
                        .forEach(installed::install);
            } catch (IOException e) {
                installed.refuse(config.folder(), "The folder cannot be read: " + e.getMessage());
            }
        }
        return installed;
    }

    private void install(Path file) {
        try {
            if (models.size() + refused.size() >= MODELS_MAX) {
                throw new ModelProblem("It is one too many; expected at most " + MODELS_MAX + " manifests.");
            }
            install(file, ReadManifest.read(file));
        } catch (ModelProblem problem) {
            refuse(file, String.valueOf(problem.getMessage()));
        } catch (RuntimeException e) {
            log.error("{} could not be looked at", file, e);
            refuse(file, "It could not be looked at; the worker's log says why.");
        }
    }

    private void refuse(Path file, String problem) {
        String name = file.getFileName().toString();
        String id = ReadManifest.idOf(file);
        String all = name + ": " + problem;
        log.error("Refused a model: {}", all);
        refused.add(new Refused(id == null || ids.contains(id) ? name : id, all));
    }

    private void install(Path file, Manifest manifest) {
        if (ids.contains(manifest.id())) {
            throw new ModelProblem("id is \"" + manifest.id() + "\", which another manifest has already.");
        }
        Model before = models.get(manifest.task());
        if (before != null) {
            throw new ModelProblem("task is " + Manifest.words(manifest.task()) + ", which "
                    + before.manifest().id() + " does already; expected one model a task.");
        }
        long memoryMax = (long) (config.memoryShare() * memory.bytesMax());
        if (memoryBytes + manifest.limits().memoryBytes() > memoryMax) {
            throw new ModelProblem("limits.memoryMb is " + (manifest.limits().memoryBytes() >> 20)
                    + "; expected at most " + ((memoryMax - memoryBytes) >> 20)
                    + ", which is left of what this worker gives to models.");
        }
        Path modelFile = file.resolveSibling(manifest.file());
        checkFile(manifest, modelFile);
        Model model;
        try (ProbeNotes.Note _ = new ProbeNotes(config.libraries()).begin(manifest.sha256())) {
            model = Model.load(manifest, modelFile, OnnxLibraries.load(config.libraries()), alarms, nanoClock);
            try {
                ProbeModel.check(model);
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        }
        MemoryBudget.Reservation _ = memory.reserve(manifest.limits().memoryBytes(), new Stop());
        memoryBytes += manifest.limits().memoryBytes();
        ids.add(manifest.id());
        models.put(manifest.task(), model);
        log.info(
                "Uses the model {} ({}) for the task {}",
                manifest.id(),
                manifest.licence(),
                Manifest.words(manifest.task()));
    }

    private void checkFile(Manifest manifest, Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new ModelProblem("file is \"" + manifest.file() + "\"; expected a file in the same folder.");
            }
            long bytes = Files.size(file);
            long bytesMax = Math.min(config.modelBytesMax(), manifest.limits().memoryBytes());
            if (bytes > bytesMax) {
                throw new ModelProblem("file " + manifest.file() + " has " + bytes + " bytes; expected at most "
                        + bytesMax + ", the less of limits.memoryMb and the setting onnx.model_bytes_max.");
            }
            String sha256 = sha256(file);
            if (!sha256.equals(manifest.sha256())) {
                throw new ModelProblem(
                        "sha256 is " + manifest.sha256() + ", but that of " + manifest.file() + " is " + sha256 + ".");
            }
        } catch (IOException e) {
            throw new ModelProblem("file " + manifest.file() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digesting = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digesting.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Optional<Model> of(Task task) {
        return Optional.ofNullable(models.get(task));
    }

    List<Refused> refused() {
        return List.copyOf(refused);
    }

    OnnxConfig config() {
        return config;
    }

    LongSupplier nanoClock() {
        return nanoClock;
    }

    @Override
    public void close() {
        alarms.shutdownNow();
        models.values().forEach(Model::close);
    }
}
