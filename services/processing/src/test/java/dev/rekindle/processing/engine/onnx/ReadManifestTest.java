package dev.rekindle.processing.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-03")
class ReadManifestTest {

    @TempDir
    private Path folder;

    private Manifest read(String path, String json) {
        return read("restoration", path, json);
    }

    private Manifest read(String task, String path, String json) {
        new ModelsFolder(folder).put("m", task, new byte[] {1}, manifest -> ModelsFolder.set(manifest, path, json));
        return ReadManifest.read(folder.resolve("m.json"));
    }

    @Test
    void every_field_is_read() {
        new ModelsFolder(folder).put("m", "upscaling", new byte[] {1}, manifest -> {
            ModelsFolder.set(manifest, "input", """
                    {"name": "in", "layout": "NHWC", "channels": "BGR", "dtype": "float16", "range": [0, 255],
                     "mean": [1, 2, 3], "std": [4, 5, 6]}""");
            ModelsFolder.set(manifest, "output", """
                    {"name": "out", "layout": "NCHW", "channels": "BGR", "range": [1, -1], "scale": 4}""");
            ModelsFolder.set(manifest, "size", "{\"multipleOf\": 32}");
        });
        Manifest manifest = ReadManifest.read(folder.resolve("m.json"));
        assertThat(manifest.task()).isEqualTo(Manifest.Task.UPSCALING);
        assertThat(manifest.file()).isEqualTo("m.onnx");
        assertThat(manifest.licence()).isEqualTo("none, made by a test");
        assertThat(manifest.input().layout()).isEqualTo(Manifest.Layout.NHWC);
        assertThat(manifest.input().channels()).isEqualTo(Manifest.Shown.BGR);
        assertThat(manifest.input().type()).isEqualTo(Manifest.NumberType.FLOAT16);
        assertThat(manifest.input().mean()).containsExactly(1, 2, 3);
        assertThat(manifest.input().deviation()).containsExactly(4, 5, 6);
        assertThat(manifest.output().layout()).isEqualTo(Manifest.Layout.NCHW);
        assertThat(manifest.output().range()).isEqualTo(new Manifest.Range(1, -1));
        assertThat(manifest.output().scale()).isEqualTo(4);
        assertThat(manifest.size()).isEqualTo(new Manifest.Size(0, 0, 32));
        assertThat(manifest.tile()).isEqualTo(new Manifest.Tile(64, 8, 8));
        assertThat(manifest.limits()).isEqualTo(new Manifest.Limits(1, 4_000_000, 64L << 20, Duration.ofSeconds(60)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id | \"No Good\" | id is \"No Good\"; expected up to 32",
                "task | \"painting\" | task is \"painting\"; expected one of restoration, colourization,",
                "task | 7 | task is 7; expected one of",
                "file | \"../../etc/passwd\" | file is \"../../etc/passwd\"; expected the name of a file",
                "sha256 | \"abc\" | sha256 is \"abc\"; expected 64",
                "licence | \"\" | licence is \"\"; expected the licence",
                "input.layout | \"NCWH\" | input.layout is \"NCWH\"; expected one of NCHW, NHWC",
                "input.channels | \"CMYK\" | input.channels is \"CMYK\"; expected one of RGB, BGR, L, RGB+mask",
                "input.dtype | \"int8\" | input.dtype is \"int8\"; expected one of float32, float16",
                "input.range | [1] | input.range is [1]; expected 2 numbers",
                "input.range | [1, 1] | input.range is [1,1]; expected two different",
                "input.mean | [1] | input.mean is [1]; expected 3 numbers",
                "input.std | [1, 0, 1] | input.std is [1,0,1]; expected numbers above 0",
                "input.colour | 1 | input.colour is no field of a manifest; expected only",
                "output.channels | \"ab\" | output.channels is \"ab\"; expected RGB or BGR or residual for the task",
                "output.scale | 2 | output.scale is 2; expected 1 for the task restoration",
                "size | {} | size.fixed is missing; expected [width, height] here, or multipleOf",
                "size | {\"fixed\": [64, 0.5]} | size.fixed is [64,0.5]; expected [width, height]",
                "size | {\"multipleOf\": 24} | tile.size is 64; expected a multiple of size.multipleOf, 24",
                "size | {\"fixed\": [32, 32]} | tile.size is 64; expected 32, a square",
                "tile.halo | 24 | tile.halo is 24; expected halo and blend to be less than half",
                "tile.size | 100000 | tile.size is 100000; expected a whole number from 16 to 1024",
                "limits.threads | 1.5 | limits.threads is 1.5; expected a whole number from 1 to 64",
                "limits.maxPixels | \"many\" | limits.maxPixels is \"many\"; expected a whole number",
                "limits.timeoutSeconds | 1e999 | limits.timeoutSeconds is 1e999; expected a number",
                "limits | [] | limits is []; expected an object",
                "surprise | true | surprise is no field of a manifest",
            })
    void what_is_wrong_with_a_field_is_told_with_its_name_what_is_there_and_what_was_expected(
            String path, String json, String told) {
        assertThatThrownBy(() -> read(path, json))
                .isInstanceOf(ModelProblem.class)
                .hasMessageContaining(told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "task", "file", "sha256", "licence", "input", "output", "size", "tile", "limits"})
    void nothing_may_be_missing_that_has_no_sense_left_out(String field) {
        new ModelsFolder(folder).put("m", "restoration", new byte[] {1}, manifest -> manifest.remove(field));
        assertThatThrownBy(() -> ReadManifest.read(folder.resolve("m.json")))
                .isInstanceOf(ModelProblem.class)
                .hasMessageStartingWith(field + " is missing; expected ");
    }

    @Test
    void a_colourizer_may_see_the_whole_picture_if_that_is_not_too_large() {
        ModelsFolder models = new ModelsFolder(folder);
        models.putColourizer("c", new byte[] {1}, "L");
        assertThat(ReadManifest.read(folder.resolve("c.json")).tile()).isNull();
        models.put("c", "colourization", new byte[] {1}, manifest -> {
            ModelsFolder.set(manifest, "output.channels", "\"ab\"");
            manifest.remove("tile");
        });
        assertThatThrownBy(() -> ReadManifest.read(folder.resolve("c.json")))
                .hasMessage("limits.maxPixels is 4000000; expected at most 1048576 where there is no tile.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"id\": 'm'}", "\"id\"", "null", "{} {}"})
    void what_is_no_manifest_is_refused(String text) {
        new ModelsFolder(folder).write("m.json", text.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> ReadManifest.read(folder.resolve("m.json"))).isInstanceOf(ModelProblem.class);
    }

    @Test
    void a_manifest_of_endless_length_or_depth_is_refused() {
        ModelsFolder models = new ModelsFolder(folder);
        models.write("m.json", new byte[1 << 20]);
        assertThatThrownBy(() -> ReadManifest.read(folder.resolve("m.json")))
                .hasMessageContaining("expected a manifest of at most 65536");
        models.write("m.json", "[".repeat(60_000).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> ReadManifest.read(folder.resolve("m.json"))).isInstanceOf(ModelProblem.class);
    }
}
