package dev.rekindle.training;

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
 * Writes a network as an ONNX file (opset 13). Only what our networks need; the numbers are the fields of onnx.proto
 * (github.com/onnx/onnx), which has not changed them since 2017.
 */
final class OnnxGraph {
    /** What networks call what they are shown. */
    static final String INPUT = "picture";

    private static final int FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_STRING = 3;
    private static final int ATTRIBUTE_INTS = 7;
    private static final long IR_VERSION = 8;
    private static final long OPSET = 13;

    /**
     * The numbers of a convolution.
     *
     * @param shape filters, channels, height, width; an odd height and width, padded so that sizes stay
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; copies would cost more than they protect.
    record Kernel(float[] weights, long[] shape, float[] bias, int stride) {}

    private final List<byte[]> nodes = new ArrayList<>();
    private final List<byte[]> tensors = new ArrayList<>();
    private int names;

    /** Writes the fields of a message. */
    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
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

    private String name(String kind) {
        return kind + names++;
    }

    String convolution(String input, Kernel kernel) {
        String weights = name("weights");
        String bias = name("bias");
        tensors.add(tensor(weights, kernel.weights(), kernel.shape()));
        tensors.add(tensor(bias, kernel.bias(), kernel.bias().length));
        long pad = kernel.shape()[2] / 2;
        return node(
                "Conv",
                name("convolved"),
                List.of(input, weights, bias),
                ints("kernel_shape", kernel.shape()[2], kernel.shape()[3]),
                ints("strides", kernel.stride(), kernel.stride()),
                ints("pads", pad, pad, pad, pad));
    }

    String relu(String input) {
        return node("Relu", name("relu"), List.of(input));
    }

    String sigmoid(String input, String output) {
        return node("Sigmoid", output, List.of(input));
    }

    String sum(String one, String other) {
        return node("Add", name("sum"), List.of(one, other));
    }

    String concat(String one, String other) {
        return node("Concat", name("both"), List.of(one, other), integer("axis", 1));
    }

    /** Every pixel four times. */
    String doubled(String input) {
        String scales = name("scales");
        tensors.add(tensor(scales, new float[] {1, 1, 2, 2}, 4));
        return node(
                "Resize",
                name("doubled"),
                List.of(input, "", scales),
                text("mode", "nearest"),
                text("coordinate_transformation_mode", "asymmetric"),
                text("nearest_mode", "floor"));
    }

    /** Four channels become one of twice the width and height: those of a pixel are its upper left, upper right and so on. */
    String interleaved(String input, String output) {
        return node("DepthToSpace", output, List.of(input), integer("blocksize", 2));
    }

    /** The whole file: one input and one output of (1, 1, height, width), sizes of their own. */
    byte[] model(String input, String output, String description) {
        byte[] graph = message(out -> {
            for (byte[] node : nodes) {
                out.writeByteArray(1, node);
            }
            out.writeString(2, "network");
            for (byte[] tensor : tensors) {
                out.writeByteArray(5, tensor);
            }
            out.writeByteArray(11, value(input));
            out.writeByteArray(12, value(output));
        });
        return message(out -> {
            out.writeInt64(1, IR_VERSION);
            out.writeString(2, "rekindle");
            out.writeString(6, description);
            out.writeByteArray(7, graph);
            out.writeByteArray(8, message(set -> {
                set.writeString(1, "");
                set.writeInt64(2, OPSET);
            }));
        });
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

    private static byte[] ints(String name, long... values) {
        return message(out -> {
            out.writeString(1, name);
            for (long value : values) {
                out.writeInt64(8, value);
            }
            out.writeEnum(20, ATTRIBUTE_INTS);
        });
    }

    private static byte[] integer(String name, long value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeInt64(3, value);
            out.writeEnum(20, ATTRIBUTE_INT);
        });
    }

    private static byte[] text(String name, String value) {
        return message(out -> {
            out.writeString(1, name);
            out.writeBytes(4, ByteString.copyFromUtf8(value));
            out.writeEnum(20, ATTRIBUTE_STRING);
        });
    }

    private static byte[] tensor(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return message(out -> {
            for (long side : shape) {
                out.writeInt64(1, side);
            }
            out.writeInt32(2, FLOAT);
            out.writeString(8, name);
            out.writeByteArray(9, raw.array());
        });
    }

    private static byte[] value(String name) {
        byte[] one = message(out -> out.writeInt64(1, 1));
        byte[] shape = message(out -> {
            out.writeByteArray(1, one);
            out.writeByteArray(1, one);
            out.writeByteArray(1, message(side -> side.writeString(2, name + " height")));
            out.writeByteArray(1, message(side -> side.writeString(2, name + " width")));
        });
        byte[] tensor = message(out -> {
            out.writeInt32(1, FLOAT);
            out.writeByteArray(2, shape);
        });
        return message(out -> {
            out.writeString(1, name);
            out.writeByteArray(2, message(type -> type.writeByteArray(1, tensor)));
        });
    }
}
