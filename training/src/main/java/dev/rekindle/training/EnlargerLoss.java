package dev.rekindle.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.training.loss.Loss;

/**
 * How far answers are from what is lacking: the mean of √(d² + ε²), which is kinder to edges than squares are. A border,
 * where the network sees what padding made up, does not count.
 */
final class EnlargerLoss extends Loss {
    /** Pixels that do not count. */
    static final int BORDER = 4;

    private static final float EPSILON_SQUARED = 1e-3f;

    EnlargerLoss() {
        super("enlarger");
    }

    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        long end = labels.singletonOrThrow().getShape().get(2) - BORDER;
        String inner = ":, :, " + BORDER + ":" + end + ", " + BORDER + ":" + end;
        NDArray off = predictions
                .singletonOrThrow()
                .get(inner)
                .sub(labels.singletonOrThrow().get(inner));
        return off.mul(off).add(EPSILON_SQUARED).sqrt().mean();
    }
}
