package dev.rekindle.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;

/** A network that is trained here and ships as ONNX. */
abstract class TrainedNetwork extends AbstractBlock {

    /** The same network as ONNX. */
    abstract byte[] toOnnx(String description);

    /** Forgets all gradients. Setting their values would make them point to memory that is freed soon. */
    final void forgetGradients() {
        for (Pair<String, Parameter> parameter : getParameters()) {
            NDArray array = parameter.getValue().getArray();
            if (array.hasGradient()) {
                array.setRequiresGradient(true);
            }
        }
    }

    /** The length of all gradients taken as one vector; no number if one of them is none. */
    final double gradientLength() {
        double sum = 0;
        for (Pair<String, Parameter> parameter : getParameters()) {
            NDArray array = parameter.getValue().getArray();
            if (array.hasGradient()) {
                NDArray gradient = array.getGradient();
                for (float value : gradient.toFloatArray()) {
                    sum += (double) value * value;
                }
                gradient.close();
            }
        }
        return Math.sqrt(sum);
    }

    static NDList forward(Block block, ParameterStore store, NDArray input, boolean training) {
        return block.forward(store, new NDList(input), training);
    }

    static NDArray parameter(Block block, String name) {
        return block.getDirectParameters().get(name).getArray();
    }
}
