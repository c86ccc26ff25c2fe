package dev.rekindle.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells what bicubic enlarging lacks of a picture twice as large: convolutions of 3 × 3, the first's answers added to the
 * last but one's. Takes (n, 1, h, w) of -1..1, gives (n, 4, h, w): of each pixel the four it becomes.
 */
final class EnlargerNetwork extends TrainedNetwork {
    private static final int WIDTH = 24;
    private static final int DEPTH = 6;
    private static final int PIXELS = 4;

    private final Conv2d first = convolution("first", WIDTH);
    private final List<Conv2d> body = new ArrayList<>();
    private final Conv2d last;

    EnlargerNetwork() {
        for (int i = 0; i < DEPTH; i++) {
            body.add(convolution("body" + i, WIDTH));
        }
        last = convolution("last", PIXELS);
        // It begins as bicubic enlarging; else the first hundreds of steps go into taking back what chance drew.
        last.setInitializer(new NormalInitializer(1e-3f), Parameter.Type.WEIGHT);
    }

    private Conv2d convolution(String name, int filters) {
        return addChildBlock(
                name,
                Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(new Shape(1, 1))
                        .setFilters(filters)
                        .build());
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Shape shape = inputs[0];
        Shape wide = new Shape(shape.get(0), WIDTH, shape.get(2), shape.get(3));
        first.initialize(manager, type, shape);
        body.forEach(one -> one.initialize(manager, type, wide));
        last.initialize(manager, type, wide);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        Shape shape = inputs[0];
        return new Shape[] {new Shape(shape.get(0), PIXELS, shape.get(2), shape.get(3))};
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray seen = apply(first, store, inputs.singletonOrThrow(), training);
        NDArray at = seen;
        for (Block one : body) {
            at = apply(one, store, at, training);
        }
        return forward(last, store, at.add(seen), training);
    }

    private static NDArray apply(Block block, ParameterStore store, NDArray input, boolean training) {
        return Activation.relu(forward(block, store, input, training).singletonOrThrow());
    }

    @Override
    byte[] toOnnx(String description) {
        OnnxGraph graph = new OnnxGraph();
        String seen = graph.relu(convolution(graph, first, OnnxGraph.INPUT));
        String at = seen;
        for (Conv2d one : body) {
            at = graph.relu(convolution(graph, one, at));
        }
        graph.interleaved(convolution(graph, last, graph.sum(at, seen)), "lacking");
        return graph.model(OnnxGraph.INPUT, "lacking", description);
    }

    private static String convolution(OnnxGraph graph, Conv2d convolution, String input) {
        NDArray weight = parameter(convolution, "weight");
        return graph.convolution(
                input,
                new OnnxGraph.Kernel(
                        weight.toFloatArray(),
                        weight.getShape().getShape(),
                        parameter(convolution, "bias").toFloatArray(),
                        1));
    }
}
