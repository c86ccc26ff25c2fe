package dev.rekindle.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.training.loss.Loss;

/** Cross-entropy that counts damage twice, plus 0.3 Dice, over the pixels that have a weight. */
final class MaskLoss extends Loss {
    private static final float DAMAGE_WEIGHT = 2;
    private static final float DICE_SHARE = 0.3f;

    MaskLoss() {
        super("mask");
    }

    @Override
    public NDArray evaluate(NDList labels, NDList predictions) {
        NDArray marks = labels.get(0);
        NDArray weights = labels.get(1);
        NDArray logits = predictions.singletonOrThrow();
        // log(1 + e^x) without overflow: max(x, 0) + log(1 + e^-|x|).
        NDArray softplus = logits.maximum(0).add(logits.abs().neg().exp().add(1).log());
        NDArray entropy = softplus.sub(logits.mul(marks));
        NDArray counted = weights.mul(marks.mul(DAMAGE_WEIGHT - 1).add(1));
        NDArray mean = entropy.mul(counted).sum().div(counted.sum());
        NDArray sure = Activation.sigmoid(logits).mul(weights);
        NDArray both = sure.mul(marks).sum().mul(2).add(1);
        NDArray dice = both.div(sure.sum().add(marks.sum()).add(1));
        return mean.add(dice.neg().add(1).mul(DICE_SHARE));
    }
}
