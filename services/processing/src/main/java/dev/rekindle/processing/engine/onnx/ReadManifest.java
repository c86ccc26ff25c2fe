package dev.rekindle.processing.engine.onnx;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.rekindle.processing.engine.onnx.Manifest.Answered;
import dev.rekindle.processing.engine.onnx.Manifest.Input;
import dev.rekindle.processing.engine.onnx.Manifest.Layout;
import dev.rekindle.processing.engine.onnx.Manifest.Limits;
import dev.rekindle.processing.engine.onnx.Manifest.NumberType;
import dev.rekindle.processing.engine.onnx.Manifest.Output;
import dev.rekindle.processing.engine.onnx.Manifest.Shown;
import dev.rekindle.processing.engine.onnx.Manifest.Size;
import dev.rekindle.processing.engine.onnx.Manifest.Task;
import dev.rekindle.processing.engine.onnx.Manifest.Tile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a manifest and refuses what does not fit together. */
final class ReadManifest {
    static final String ID = "[a-z0-9][a-z0-9._-]{0,31}";
    /** Of what one run of a model answers: bounds the memory of this program beside the model's own. */
    private static final int ANSWER_SIDE_MAX = 1024;

    private static final int BYTES_MAX = 64 << 10;
    private static final String FILE = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";

    private ReadManifest() {}

    /**
     * Reads one.
     *
     * @throws ModelProblem with the field, what is there and what was expected
     */
    static Manifest read(Path file) {
        ManifestFields fields = new ManifestFields("", parse(file));
        String id = fields.text("id", ID, "up to 32 lower-case letters, digits, dots, - and _");
        Task task = fields.choice("task", Task.values());
        String model = fields.text("file", FILE, "the name of a file in the same folder");
        String sha256 = fields.text("sha256", "[0-9a-f]{64}", "64 hexadecimal digits in lower case");
        String licence = fields.text("licence", "\\S.{0,199}", "the licence under which you have the model");
        Input input = input(fields.object("input"), task);
        Output output = output(fields.object("output"), task, input);
        Size size = size(fields.object("size"));
        Tile tile = fields.has("tile") ? tile(fields.object("tile"), size, output) : null;
        Limits limits = limits(fields.object("limits"));
        fields.end();
        if (tile == null) {
            checkWhole(task, size, limits);
        }
        return new Manifest(id, task, model, sha256, licence, input, output, size, tile, limits);
    }

    private static JsonObject parse(Path file) {
        try {
            long bytes = Files.size(file);
            if (bytes > BYTES_MAX) {
                throw new ModelProblem("It has " + bytes + " bytes; expected a manifest of at most " + BYTES_MAX + ".");
            }
            JsonReader reader = new JsonReader(new StringReader(Files.readString(file)));
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (element instanceof JsonObject object && reader.peek() == JsonToken.END_DOCUMENT) {
                return object;
            }
            throw new ModelProblem("It is no JSON object; expected a manifest.");
        } catch (JsonParseException | CharacterCodingException | StackOverflowError e) {
            throw new ModelProblem("It is no JSON: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ModelProblem("It cannot be read: " + e.getMessage(), e);
        }
    }

    private static Input input(ManifestFields fields, Task task) {
        String name = fields.text("name", ".{1,256}", "the name of the model's input");
        Layout layout = fields.choice("layout", Layout.values());
        Shown shown = fields.choice("channels", Shown.values());
        if (shown == Shown.RGB_MASK && task != Task.RESTORATION) {
            throw fields.wrong("channels", "RGB, BGR or L, because only a restoration is given a mask");
        }
        NumberType type = fields.choice("dtype", NumberType.values());
        Manifest.Range range = fields.range("range");
        int pictured = Math.min(3, shown.channels());
        double[] mean = fields.has("mean") ? fields.numbers("mean", pictured) : new double[0];
        double[] deviation = fields.has("std") ? fields.numbers("std", pictured) : new double[0];
        for (double one : deviation) {
            if (one <= 0) {
                throw fields.wrong("std", "numbers above 0");
            }
        }
        fields.end();
        return new Input(name, layout, shown, type, range, mean, deviation);
    }

    private static Output output(ManifestFields fields, Task task, Input input) {
        String name = fields.text("name", ".{1,256}", "the name of the model's output");
        Layout layout = fields.choice("layout", Layout.values(), input.layout());
        Answered answered = fields.choice("channels", Answered.values());
        Set<Answered> possible = switch (task) {
            case RESTORATION -> EnumSet.of(Answered.RGB, Answered.BGR, Answered.RESIDUAL);
            case COLOURIZATION -> EnumSet.of(Answered.AB, Answered.RGB, Answered.BGR);
            case UPSCALING -> EnumSet.of(Answered.RGB, Answered.BGR);
            case DAMAGE_MASK -> EnumSet.of(Answered.MASK);
        };
        if (!possible.contains(answered)) {
            String expected = possible.stream().map(Answered::toString).collect(Collectors.joining(" or "));
            throw fields.wrong("channels", expected + " for the task " + Manifest.words(task));
        }
        Manifest.Range range = fields.range("range");
        int scale = fields.has("scale") || task == Task.UPSCALING ? fields.number("scale", 1, 8) : 1;
        if (task == Task.UPSCALING && scale < 2) {
            throw fields.wrong("scale", "2 to 8 for the task upscaling");
        }
        if (task != Task.UPSCALING && scale != 1) {
            throw fields.wrong("scale", "1 for the task " + Manifest.words(task));
        }
        double threshold = fields.has("threshold") ? fields.fraction("threshold", 0, 1) : 0.5;
        fields.end();
        return new Output(name, layout, answered, range, scale, threshold);
    }

    private static Size size(ManifestFields fields) {
        boolean fixed = fields.has("fixed");
        if (fixed == fields.has("multipleOf")) {
            throw fields.wrong("fixed", "[width, height] here, or multipleOf for a model of any size, but not both");
        }
        Size size;
        if (fixed) {
            double[] sides = fields.numbers("fixed", 2);
            for (double side : sides) {
                if (side != Math.rint(side) || side < 8 || side > ANSWER_SIDE_MAX) {
                    throw fields.wrong("fixed", "[width, height], each a whole number from 8 to " + ANSWER_SIDE_MAX);
                }
            }
            size = new Size((int) sides[0], (int) sides[1], 1);
        } else {
            size = new Size(0, 0, fields.number("multipleOf", 1, 256));
        }
        fields.end();
        return size;
    }

    private static Tile tile(ManifestFields fields, Size size, Output output) {
        int side = fields.number("size", 16, ANSWER_SIDE_MAX);
        int halo = fields.number("halo", 0, ANSWER_SIDE_MAX);
        int blend = fields.number("blend", 0, ANSWER_SIDE_MAX);
        fields.end();
        if (size.isFixed() && (side != size.width() || side != size.height())) {
            throw fields.wrong("size", size.width() + ", a square of the fixed size");
        }
        if (side % size.multipleOf() != 0) {
            throw fields.wrong("size", "a multiple of size.multipleOf, " + size.multipleOf());
        }
        if (side * output.scale() > ANSWER_SIDE_MAX) {
            throw fields.wrong("size", "at most " + ANSWER_SIDE_MAX / output.scale() + " at that output.scale");
        }
        if (2 * (halo + blend) >= side) {
            throw fields.wrong("halo", "halo and blend to be less than half of the tile together, " + side / 2);
        }
        return new Tile(side, halo, blend);
    }

    private static Limits limits(ManifestFields fields) {
        Limits limits = new Limits(
                fields.number("threads", 1, 64),
                fields.number("maxPixels", 256L, 1L << 30),
                fields.number("memoryMb", 1L, 1L << 20) << 20,
                Duration.ofMillis((long) (1000 * fields.fraction("timeoutSeconds", 0.05, 3600))));
        fields.end();
        return limits;
    }

    private static void checkWhole(Task task, Size size, Limits limits) {
        if (task == Task.RESTORATION || task == Task.UPSCALING) {
            throw new ModelProblem("tile is missing; expected size, halo and blend, because a photo reduced to one run"
                    + " of the model would lose its detail.");
        }
        long pixels = (long) ANSWER_SIDE_MAX * ANSWER_SIDE_MAX;
        if (!size.isFixed() && limits.pixelsMax() > pixels) {
            throw new ModelProblem("limits.maxPixels is " + limits.pixelsMax() + "; expected at most " + pixels
                    + " where there is no tile.");
        }
    }

    /** The id of a manifest that was refused, as far as it can be told. */
    static @Nullable String idOf(Path file) {
        try {
            return new ManifestFields("", parse(file)).text("id", ID, "an id");
        } catch (ModelProblem e) {
            return null;
        }
    }
}
