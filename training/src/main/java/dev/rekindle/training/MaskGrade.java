package dev.rekindle.training;

import java.util.Locale;

/** Recall and precision of a damage mask, pixel by pixel, at a few thresholds. */
final class MaskGrade {
    private static final double[] THRESHOLDS = {0.3, 0.5, 0.7, 0.85};

    private final long[] right = new long[THRESHOLDS.length];
    private final long[] marked = new long[THRESHOLDS.length];
    private long damaged;

    /** @param probabilities that a pixel is damaged, of all pixels of the batch */
    void add(Lessons.Batch batch, float[] probabilities) {
        for (int at = 0; at < probabilities.length; at++) {
            if (batch.weights()[at] > 0) {
                boolean damage = batch.marks()[at] > 0;
                damaged += damage ? 1 : 0;
                for (int i = 0; i < THRESHOLDS.length; i++) {
                    marked[i] += probabilities[at] > THRESHOLDS[i] ? 1 : 0;
                    right[i] += probabilities[at] > THRESHOLDS[i] && damage ? 1 : 0;
                }
            }
        }
    }

    @Override
    public String toString() {
        StringBuilder grade = new StringBuilder("recall/precision");
        for (int i = 0; i < THRESHOLDS.length; i++) {
            grade.append(String.format(
                    Locale.ROOT,
                    " @%.2f %.3f/%.3f",
                    THRESHOLDS[i],
                    (double) right[i] / Math.max(1, damaged),
                    (double) right[i] / Math.max(1, marked[i])));
        }
        return grade.toString();
    }
}
