package dev.rekindle.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells damaged pixels from a photo's own: an encoder and a decoder with skips over three halvings, two convolutions of
 * 3 × 3 a level. Takes (n, 1, h, w) of -1..1 with sides that 8 divides, gives logits of the same shape.
 */
final class MaskNetwork extends TrainedNetwork {
    private static final int[] WIDTHS = {16, 24, 40, 56};
    private static final int DEEPEST = WIDTHS.length - 1;
    private static final float EPSILON = 1e-5f;

    /** A convolution with batch normalisation and ReLU. */
    private record Unit(Conv2d convolution, BatchNorm norm, int stride) {}

    private final List<Unit> encoder = new ArrayList<>();
    private final List<Unit> decoder = new ArrayList<>();
    private final Conv2d head;

    MaskNetwork() {
        for (int level = 0; level <= DEEPEST; level++) {
            encoder.add(unit("encoder" + level + "a", WIDTHS[level], level == 0 ? 1 : 2));
            encoder.add(unit("encoder" + level + "b", WIDTHS[level], 1));
        }
        for (int level = DEEPEST - 1; level >= 0; level--) {
            decoder.add(unit("decoder" + level + "a", WIDTHS[level], 1));
            decoder.add(unit("decoder" + level + "b", WIDTHS[level], 1));
        }
        head = addChildBlock(
                "head",
                Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(1).build());
    }

    private Unit unit(String name, int filters, int stride) {
        Conv2d convolution = addChildBlock(
                name,
                Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .optStride(new Shape(stride, stride))
                        .optPadding(new Shape(1, 1))
                        .optBias(false)
                        .setFilters(filters)
                        .build());
        BatchNorm norm = addChildBlock(
                name + "norm", BatchNorm.builder().optEpsilon(EPSILON).build());
        return new Unit(convolution, norm, stride);
    }

    /** What the decoder's blocks get at each level: the widths below and beside. */
    private static int decoderInput(int level) {
        return WIDTHS[level + 1] + WIDTHS[level];
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        long side = 64;
        int channels = 1;
        for (int i = 0; i < encoder.size(); i++) {
            initialize(encoder.get(i), manager, type, channels, side);
            channels = WIDTHS[i / 2];
        }
        for (int i = 0; i < decoder.size(); i++) {
            int level = DEEPEST - 1 - i / 2;
            initialize(decoder.get(i), manager, type, i % 2 == 0 ? decoderInput(level) : WIDTHS[level], side);
        }
        head.initialize(manager, type, new Shape(1, WIDTHS[0], side, side));
    }

    private static void initialize(Unit unit, NDManager manager, DataType type, int channels, long side) {
        unit.convolution.initialize(manager, type, new Shape(1, channels, side, side));
        Shape[] out = unit.convolution.getOutputShapes(new Shape[] {new Shape(1, channels, side, side)});
        unit.norm.initialize(manager, type, out);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0]};
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray at = inputs.singletonOrThrow();
        List<NDArray> skips = new ArrayList<>();
        for (int i = 0; i < encoder.size(); i++) {
            at = apply(encoder.get(i), store, at, training);
            if (i % 2 == 1) {
                skips.add(at);
            }
        }
        for (int i = 0; i < decoder.size(); i++) {
            if (i % 2 == 0) {
                at = doubled(at).concat(skips.get(DEEPEST - 1 - i / 2), 1);
            }
            at = apply(decoder.get(i), store, at, training);
        }
        return forward(head, store, at, training);
    }

    private static NDArray apply(Unit unit, ParameterStore store, NDArray input, boolean training) {
        NDArray convolved = forward(unit.convolution, store, input, training).singletonOrThrow();
        return Activation.relu(forward(unit.norm, store, convolved, training).singletonOrThrow());
    }

    /** Every pixel four times. */
    private static NDArray doubled(NDArray input) {
        Shape shape = input.getShape();
        long height = shape.get(2);
        long width = shape.get(3);
        return input.reshape(shape.get(0), shape.get(1), height, 1, width, 1)
                .broadcast(shape.get(0), shape.get(1), height, 2, width, 2)
                .reshape(shape.get(0), shape.get(1), 2 * height, 2 * width);
    }

    /** The same network as ONNX, normalisation folded into the convolutions, with a sigmoid behind: probabilities. */
    @Override
    byte[] toOnnx(String description) {
        OnnxGraph graph = new OnnxGraph();
        String at = OnnxGraph.INPUT;
        List<String> skips = new ArrayList<>();
        for (int i = 0; i < encoder.size(); i++) {
            at = graph.relu(convolution(graph, encoder.get(i), at));
            if (i % 2 == 1) {
                skips.add(at);
            }
        }
        for (int i = 0; i < decoder.size(); i++) {
            if (i % 2 == 0) {
                at = graph.concat(graph.doubled(at), skips.get(DEEPEST - 1 - i / 2));
            }
            at = graph.relu(convolution(graph, decoder.get(i), at));
        }
        NDArray weight = parameter(head, "weight");
        String logits = graph.convolution(
                at,
                new OnnxGraph.Kernel(
                        weight.toFloatArray(),
                        weight.getShape().getShape(),
                        parameter(head, "bias").toFloatArray(),
                        1));
        graph.sigmoid(logits, "damage");
        return graph.model(OnnxGraph.INPUT, "damage", description);
    }

    private static String convolution(OnnxGraph graph, Unit unit, String input) {
        NDArray weight = parameter(unit.convolution, "weight");
        float[] kernel = weight.toFloatArray();
        float[] gamma = parameter(unit.norm, "gamma").toFloatArray();
        float[] beta = parameter(unit.norm, "beta").toFloatArray();
        float[] mean = parameter(unit.norm, "runningMean").toFloatArray();
        float[] variance = parameter(unit.norm, "runningVar").toFloatArray();
        float[] bias = new float[beta.length];
        int each = kernel.length / bias.length;
        for (int filter = 0; filter < bias.length; filter++) {
            float scale = (float) (gamma[filter] / Math.sqrt(variance[filter] + EPSILON));
            bias[filter] = beta[filter] - mean[filter] * scale;
            for (int i = filter * each; i < (filter + 1) * each; i++) {
                kernel[i] *= scale;
            }
        }
        return graph.convolution(
                input, new OnnxGraph.Kernel(kernel, weight.getShape().getShape(), bias, unit.stride));
    }
}
