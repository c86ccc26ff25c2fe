package dev.rekindle.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import java.util.List;
import java.util.function.Function;

/**
 * What is taught: a network, examples to learn from, and questions to grade it by.
 *
 * @param <B> a batch of examples
 */
interface Subject<B> {
    /** What the model is called in its file. */
    String description();

    TrainedNetwork network();

    Loss loss();

    /** The rate of learning to begin with; it falls to a hundredth. */
    float rate();

    /** The shape of the inputs of a batch. */
    Shape inputShape();

    /** The next batch to learn from. Called by one thread only. */
    B lesson();

    /** Batches of photos that are never learned from. */
    List<B> questions();

    /** The inputs of a batch, of {@link #inputShape}. */
    float[] inputs(B batch);

    NDList labels(NDManager scope, B batch);

    /** What the ONNX file is to answer where the network in training gives these answers. */
    float[] asInFile(float[] answers);

    /** How good the answers to the questions are, in words. */
    String grade(Function<B, float[]> answers);
}
