package dev.rekindle.processing.engine.onnx;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.processing.pipeline.MemoryBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A folder of models for one test. */
public final class ModelsFolder {
    private final Path folder;
    private final Map<String, String> settings = new HashMap<>();

    public ModelsFolder(Path folder) {
        this.folder = folder;
        settings.put("onnx.folder", folder.toString());
    }

    /** Puts a model and its manifest there: of any size, in tiles of 64 pixels, but for what is changed. */
    public void put(String id, String task, byte[] model, Consumer<JsonObject> changes) {
        JsonObject manifest = JsonParser.parseString("""
                {"id": "%s", "task": "%s", "file": "%s.onnx", "sha256": "%s", "licence": "none, made by a test",
                 "input": {"name": "x", "layout": "NCHW", "channels": "RGB", "dtype": "float32", "range": [0, 1]},
                 "output": {"name": "y", "channels": "RGB", "range": [0, 1]},
                 "size": {"multipleOf": 1},
                 "tile": {"size": 64, "halo": 8, "blend": 8},
                 "limits": {"threads": 1, "maxPixels": 4000000, "memoryMb": 64, "timeoutSeconds": 60}}
                """.formatted(id, task, id, sha256(model)))
                .getAsJsonObject();
        changes.accept(manifest);
        write(id + ".onnx", model);
        write(id + ".json", manifest.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public void put(String id, String task, byte[] model) {
        put(id, task, model, _ -> {});
    }

    /** The same for a colourizer that is shown the whole picture, 64 × 64, and answers a and b as they are. */
    public void putColourizer(String id, byte[] model, String channels) {
        put(id, "colourization", model, manifest -> {
            at(manifest, "input").addProperty("channels", channels);
            at(manifest, "output").addProperty("channels", "ab");
            set(manifest, "output.range", "[-128, 128]");
            set(manifest, "size", "{\"fixed\": [64, 64]}");
            manifest.remove("tile");
        });
    }

    void write(String name, byte[] bytes) {
        try {
            Files.write(folder.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    Map<String, String> settings() {
        return settings;
    }

    /** Changes a field, by its path, to a value in JSON. */
    static void set(JsonObject manifest, String path, String json) {
        int dot = path.lastIndexOf('.');
        JsonObject object = dot < 0 ? manifest : at(manifest, path.substring(0, dot));
        object.add(path.substring(dot + 1), JsonParser.parseString(json));
    }

    private static JsonObject at(JsonObject manifest, String key) {
        return manifest.getAsJsonObject(key);
    }

    InstalledModels load(LongSupplier nanoClock) {
        return InstalledModels.load(OnnxConfig.from(Settings.of(settings)), new MemoryBudget(1L << 30), nanoClock);
    }

    InstalledModels load() {
        return load(System::nanoTime);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
