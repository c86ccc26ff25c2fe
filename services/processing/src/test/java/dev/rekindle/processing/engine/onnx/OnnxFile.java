package dev.rekindle.processing.engine.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes small ONNX models, node by node, and keeps a few ready. The numbers are the fields of onnx.proto. Their input is
 * called x, their output y.
 */
public final class OnnxFile {
    private static final int FLOAT = 1;
    private static final int FLOAT16 = 10;

    private final List<byte[]> nodes = new ArrayList<>();
    private final List<byte[]> tensors = new ArrayList<>();
    private int names;

    /** Writes the fields of a message. */
    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    /** The same picture again. */
    public static byte[] same() {
        OnnxFile file = new OnnxFile();
        file.node("Identity", "y", List.of("x"));
        return file.bytes(3, 3);
    }

    /** Every number more by that. */
    public static byte[] more(float by) {
        OnnxFile file = new OnnxFile();
        file.node("Add", "y", List.of("x", file.constant(new float[] {by})));
        return file.bytes(3, 3);
    }

    /** The mean of a square around each pixel. */
    static byte[] blurred(int side) {
        float[] weights = new float[9 * side * side];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < side * side; i++) {
                weights[(c * 3 + c) * side * side + i] = 1f / (side * side);
            }
        }
        OnnxFile file = new OnnxFile();
        file.convolution("y", "x", weights, 3, 3, side, new float[3]);
        return file.bytes(3, 3);
    }

    /** The same two numbers everywhere. */
    public static byte[] chroma(int channels, float a, float b) {
        OnnxFile file = new OnnxFile();
        file.convolution("y", "x", new float[2 * channels], 2, channels, 1, new float[] {a, b});
        return file.bytes(channels, 2);
    }

    /** One plane: the mean of the three that go in. */
    static byte[] grey() {
        OnnxFile file = new OnnxFile();
        file.convolution("y", "x", new float[] {1 / 3f, 1 / 3f, 1 / 3f}, 1, 3, 1, new float[1]);
        return file.bytes(3, 1);
    }

    /** Three planes of the four that go in, each less by that everywhere. */
    static byte[] masked(float less) {
        OnnxFile file = new OnnxFile();
        float[] weights = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
        file.convolution("y", "x", weights, 3, 4, 1, new float[] {-less, -less, -less});
        return file.bytes(4, 3);
    }

    /** Every pixel four times. */
    public static byte[] doubled() {
        OnnxFile file = new OnnxFile();
        String scales = file.constant(new float[] {1, 1, 2, 2}, 4);
        file.node(
                "Resize",
                "y",
                List.of("x", "", scales),
                text("mode", "nearest"),
                text("coordinate_transformation_mode", "asymmetric"),
                text("nearest_mode", "floor"));
        return file.bytes(3, 3);
    }

    /** No numbers at all: 0/0. */
    static byte[] noNumbers() {
        OnnxFile file = new OnnxFile();
        String zero = file.node("Sub", "zero", List.of("x", "x"));
        file.node("Div", "y", List.of(zero, zero));
        return file.bytes(3, 3);
    }

    /** The same picture, but no numbers where it is white. */
    static byte[] noNumbersAtWhite() {
        OnnxFile file = new OnnxFile();
        String dark = file.node("Sub", "dark", List.of(file.constant(new float[] {1}), "x"));
        String logarithm = file.node("Log", "logarithm", List.of(dark));
        String nothing = file.node("Mul", "nothing", List.of(logarithm, file.constant(new float[] {0})));
        file.node("Add", "y", List.of("x", nothing));
        return file.bytes(3, 3);
    }

    /** Each channel less its mean over all that is shown. */
    static byte[] centred() {
        OnnxFile file = new OnnxFile();
        String mean = file.node("GlobalAveragePool", "mean", List.of("x"));
        String less = file.node("Sub", "less", List.of("x", mean));
        file.node("Add", "y", List.of(less, file.constant(new float[] {0.5f})));
        return file.bytes(3, 3);
    }

    /** The same picture after many layers of work that comes to nothing. */
    static byte[] slow(int layers) {
        OnnxFile file = new OnnxFile();
        int width = 64;
        String weights = file.constant(new float[width * width * 9], width, width, 3, 3);
        String layer = file.convolution("first", "x", new float[width * 3], width, 3, 1, new float[width]);
        for (int i = 0; i < layers; i++) {
            layer = file.node(
                    "Conv", "layer" + i, List.of(layer, weights), ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1));
        }
        String last = file.convolution("last", layer, new float[3 * width], 3, width, 1, new float[3]);
        file.node("Add", "y", List.of("x", last));
        return file.bytes(3, 3);
    }

    /** Channels last: the first as it is, the second half, the third a quarter. */
    static byte[] channelsLast() {
        OnnxFile file = new OnnxFile();
        file.node("Mul", "y", List.of("x", file.constant(new float[] {1, 0.5f, 0.25f}, 3)));
        return file.bytes(FLOAT, new long[] {1, -1, -1, 3}, new long[] {1, -1, -1, 3});
    }

    /** The same picture in numbers of 16 bits. */
    static byte[] half() {
        OnnxFile file = new OnnxFile();
        file.node("Identity", "y", List.of("x"));
        return file.bytes(FLOAT16, new long[] {1, 3, -1, -1}, new long[] {1, 3, -1, -1});
    }

    /** The same picture, of one size only. */
    static byte[] fixed(int side) {
        OnnxFile file = new OnnxFile();
        file.node("Identity", "y", List.of("x"));
        return file.bytes(FLOAT, new long[] {1, 3, side, side}, new long[] {1, 3, side, side});
    }

    private String convolution(
            String output, String input, float[] weights, int filters, int channels, int side, float[] bias) {
        String kernel = constant(weights, filters, channels, side, side);
        return node(
                "Conv",
                output,
                List.of(input, kernel, constant(bias, filters)),
                ints("kernel_shape", side, side),
                ints("pads", side / 2, side / 2, side / 2, side / 2));
    }

    private String node(String type, String output, List<String> inputs, byte[]... attributes) {
        nodes.add(message(out -> {
            for (String input : inputs) {
                out.writeString(1, input);
            }
            out.writeString(2, output);
            out.writeString(3, output);
            out.writeString(4, type);
            for (byte[] attribute : attributes) {
                out.writeByteArray(5, attribute);
            }
        }));
        return output;
    }

    private String constant(float[] values, long... shape) {
        String name = "constant" + names++;
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        tensors.add(message(out -> {
            for (long side : shape) {
                out.writeInt64(1, side);
            }
            out.writeInt32(2, FLOAT);
            out.writeString(8, name);
            out.writeByteArray(9, raw.array());
        }));
        return name;
    }

    private static byte[] ints(String name, long... values) {
        return message(out -> {
            out.writeString(1, name);
            for (long value : values) {
                out.writeInt64(8, value);
            }
            out.writeEnum(20, 7);
        });
    }

    private static byte[] text(String name, String value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeBytes(4, ByteString.copyFromUtf8(value));
            out.writeEnum(20, 3);
        });
    }

    private byte[] bytes(long channelsIn, long channelsOut) {
        return bytes(FLOAT, new long[] {1, channelsIn, -1, -1}, new long[] {1, channelsOut, -1, -1});
    }

    private byte[] bytes(int type, long[] in, long[] out) {
        byte[] graph = message(fields -> {
            for (byte[] node : nodes) {
                fields.writeByteArray(1, node);
            }
            fields.writeString(2, "model");
            for (byte[] tensor : tensors) {
                fields.writeByteArray(5, tensor);
            }
            fields.writeByteArray(11, value("x", type, in));
            fields.writeByteArray(12, value("y", type, out));
        });
        return message(fields -> {
            fields.writeInt64(1, 8);
            fields.writeByteArray(7, graph);
            fields.writeByteArray(8, message(set -> {
                set.writeString(1, "");
                set.writeInt64(2, 13);
            }));
        });
    }

    /** A tensor's name, type and sides; -1 is any. */
    private static byte[] value(String name, int type, long... sides) {
        byte[] shape = message(out -> {
            for (int i = 0; i < sides.length; i++) {
                String any = name + i;
                long side = sides[i];
                out.writeByteArray(1, message(one -> {
                    if (side < 0) {
                        one.writeString(2, any);
                    } else {
                        one.writeInt64(1, side);
                    }
                }));
            }
        });
        byte[] tensor = message(out -> {
            out.writeInt32(1, type);
            out.writeByteArray(2, shape);
        });
        return message(out -> {
            out.writeString(1, name);
            out.writeByteArray(2, message(one -> one.writeByteArray(1, tensor)));
        });
    }

    private static byte[] message(Fields fields) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.write(out);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
