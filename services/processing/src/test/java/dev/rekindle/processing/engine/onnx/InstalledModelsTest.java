package dev.rekindle.processing.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.rekindle.processing.engine.EmbeddedEngine;
import dev.rekindle.processing.engine.onnx.Manifest.Task;
import dev.rekindle.processing.picture.Natives;
import dev.rekindle.processing.v1.EngineState;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is let near a photo, and what is refused and why. */
@Tag("AI-03")
class InstalledModelsTest {
    private ModelsFolder models;

    @BeforeAll
    static void load() {
        Natives.load();
    }

    @BeforeEach
    void open(@TempDir Path folder) {
        models = new ModelsFolder(folder);
    }

    private static Arguments one(String name, byte[] model, Consumer<JsonObject> changes, String told) {
        return Arguments.of(name, model, changes, told);
    }

    private static Consumer<JsonObject> with(String path, String json) {
        return manifest -> ModelsFolder.set(manifest, path, json);
    }

    static Stream<Arguments> hostileModels() {
        byte[] noise = new byte[5_000];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (i * 31 + i / 7);
        }
        byte[] same = OnnxFile.same();
        Consumer<JsonObject> unchanged = _ -> {};
        return Stream.of(
                one(
                        "another file",
                        same,
                        with("sha256", "\"" + "0".repeat(64) + "\""),
                        "sha256 is 0000000000000000000000000000000000000000000000000000000000000000, but that of"),
                one("no file", same, with("file", "\"other.onnx\""), "file is \"other.onnx\"; expected a file"),
                one("no model", noise, unchanged, "bad.onnx cannot be loaded by ONNX Runtime"),
                one("an empty file", new byte[0], unchanged, "bad.onnx cannot be loaded by ONNX Runtime"),
                one(
                        "half a model",
                        java.util.Arrays.copyOf(same, same.length / 2),
                        unchanged,
                        "bad.onnx cannot be loaded by ONNX Runtime"),
                one("no numbers", OnnxFile.noNumbers(), unchanged, "output has NaN among its numbers"),
                one(
                        "another shape",
                        OnnxFile.doubled(),
                        unchanged,
                        "output is [1, 3, 128, 128] for 64 × 64 pixels; expected [1, 3, 64, 64]"),
                one(
                        "other channels",
                        OnnxFile.grey(),
                        unchanged,
                        "output y is [1, 1, -1, -1] in the model; expected 3 channels as NCHW"),
                one(
                        "another input",
                        same,
                        with("input.name", "\"image\""),
                        "input.name is \"image\"; expected what the model has: [x]"),
                one(
                        "another output",
                        same,
                        with("output.name", "\"image\""),
                        "output.name is \"image\"; expected what the model has: [y]"),
                one(
                        "another type",
                        OnnxFile.half(),
                        unchanged,
                        "input.dtype is float32, but the model's input is of FLOAT16"),
                one(
                        "another range",
                        same,
                        with("input.range", "[0, 255]"),
                        "output.range is [0.0, 1.0], but the model's numbers reach far beyond it"),
                one("a black picture", OnnxFile.more(-10), with("output.range", "[-10, 500]"), "changes a picture by"),
                one(
                        "a view of the whole",
                        OnnxFile.centred(),
                        unchanged,
                        "Cut into tiles the answer differs from that in one by up to"),
                one(
                        "no halo",
                        OnnxFile.blurred(9),
                        with("tile", "{\"size\": 64, \"halo\": 0, \"blend\": 0}"),
                        "Cut into tiles the answer differs"),
                one(
                        "slow",
                        OnnxFile.slow(200),
                        with("tile.size", "512").andThen(with("limits.timeoutSeconds", "0.05")),
                        "It took longer than limits.timeoutSeconds, 0.05 s"),
                one("greedy", same, with("limits.memoryMb", "800"), "limits.memoryMb is 800; expected at most 512"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileModels")
    void a_hostile_model_is_refused_with_its_reason_and_the_others_are_used(
            String name, byte[] model, Consumer<JsonObject> changes, String told) {
        models.put("bad", "restoration", model, changes);
        models.putColourizer("good", OnnxFile.chroma(3, 10, 20), "RGB");
        try (InstalledModels installed = models.load()) {
            assertThat(installed.refused()).singleElement().satisfies(refused -> {
                assertThat(refused.name()).isEqualTo("bad");
                assertThat(refused.problem()).as(name).startsWith("bad.json: ").contains(told);
            });
            assertThat(OnnxEngine.refused(installed)).singleElement().satisfies(engine -> {
                assertThat(engine.getName()).isEqualTo("onnx:bad");
                assertThat(engine.getState()).isEqualTo(EngineState.ENGINE_STATE_REFUSED);
                assertThat(engine.getProblem()).contains(told);
            });
            assertThat(installed.of(Task.RESTORATION)).isEmpty();
            assertThat(installed.of(Task.COLOURIZATION))
                    .as("the others are used")
                    .isPresent();
        }
    }

    @Test
    void a_huge_file_is_refused_by_its_size_before_it_is_read() throws IOException {
        models.put("huge", "restoration", OnnxFile.same());
        try (RandomAccessFile file =
                new RandomAccessFile(models.folder().resolve("huge.onnx").toFile(), "rw")) {
            file.setLength(1L << 33);
        }
        try (InstalledModels installed = models.load()) {
            assertThat(installed.refused())
                    .singleElement()
                    .satisfies(refused -> assertThat(refused.problem())
                            .contains("has 8589934592 bytes; expected at most " + (64L << 20)));
        }
    }

    @Test
    void one_model_a_task_and_one_of_an_id_is_used_and_the_others_are_told() {
        models.put("a", "restoration", OnnxFile.same());
        models.put("b", "restoration", OnnxFile.more(0.1f));
        models.put("c", "upscaling", OnnxFile.doubled(), manifest -> {
            ModelsFolder.set(manifest, "output.scale", "2");
            ModelsFolder.set(manifest, "id", "\"a\"");
        });
        try (InstalledModels installed = models.load()) {
            assertThat(installed.of(Task.RESTORATION).orElseThrow().manifest().id())
                    .isEqualTo("a");
            assertThat(installed.refused())
                    .containsExactly(
                            new InstalledModels.Refused(
                                    "b",
                                    "b.json: task is restoration, which a does already; expected one model a task."),
                            new InstalledModels.Refused(
                                    "c.json", "c.json: id is \"a\", which another manifest has already."));
        }
    }

    @Test
    void without_a_folder_there_is_no_engine_and_nothing_to_tell() {
        models.settings().clear();
        try (InstalledModels installed = models.load()) {
            assertThat(OnnxEngine.of(installed, EmbeddedEngine.load())).isEmpty();
            assertThat(OnnxEngine.refused(installed)).isEmpty();
        }
    }

    @Test
    void a_model_that_killed_two_workers_is_left_alone_until_its_notes_are_deleted(@TempDir Path libraries)
            throws IOException {
        String sha256 = ModelsFolder.sha256(OnnxFile.same());
        ProbeNotes notes = new ProbeNotes(libraries);
        Path first = Files.createFile(libraries.resolve("trying-" + sha256.substring(0, 16) + "-4194305"));
        try (ProbeNotes.Note note = notes.begin(sha256)) {
            assertThat(note).as("one death may be chance").isNotNull();
            assertThat(libraries.toFile().list()).hasSize(2);
        }
        assertThat(first).as("it did no harm this time").doesNotExist();
        assertThat(libraries).isEmptyDirectory();
        Files.createFile(libraries.resolve("trying-" + sha256.substring(0, 16) + "-4194305"));
        Files.createFile(libraries.resolve("trying-" + sha256.substring(0, 16) + "-4194306"));
        assertThatThrownBy(() -> notes.begin(sha256))
                .isInstanceOf(ModelProblem.class)
                .hasMessageContaining("2 workers died while they tried this model");
    }

    @Test
    void native_libraries_are_unpacked_once_and_what_a_killed_process_left_of_them_is_replaced(@TempDir Path cache)
            throws IOException {
        Path folder = OnnxLibraries.unpacked(cache);
        Path library = folder.resolve(System.mapLibraryName("onnxruntime"));
        long bytes = Files.size(library);
        var time = Files.getLastModifiedTime(library);
        assertThat(OnnxLibraries.unpacked(cache)).isEqualTo(folder);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(time);
        Files.write(library, new byte[] {1});
        Files.write(folder.resolve("onnxruntime.new"), new byte[] {1});
        assertThat(OnnxLibraries.unpacked(cache)).isEqualTo(folder);
        assertThat(library).hasSize(bytes);
        assertThat(folder.resolve("onnxruntime.new")).doesNotExist();
    }
}
