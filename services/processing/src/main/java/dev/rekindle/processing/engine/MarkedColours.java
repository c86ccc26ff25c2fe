package dev.rekindle.processing.engine;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;

/**
 * The colours that the owner marked, on a grid, as far as they come. What is spread is also how much of a point's colour comes from
 * a mark: from a little of that on they show, and from more on there is nothing but the mark, as strong as at the stroke.
 */
final class MarkedColours {
    private static final float KNOWN = 100;

    private final float[] share;
    private final float[][] chroma;

    private MarkedColours(float[] share, float[][] chroma) {
        this.share = share;
        this.chroma = chroma;
    }

    /**
     * Spreads the strokes.
     *
     * @param pull how strongly each point without a stroke is held back from the marks
     * @param little how much must come from a mark to show at all, 0 to 1
     * @param much from where on there is nothing but the mark
     */
    static MarkedColours spread(
            ColourSpread grid, HintStrokes strokes, float[] pull, double little, double much, Spreading by) {
        int size = pull.length;
        float[] held = pull.clone();
        float[] wanted = new float[size];
        for (int i = 0; i < size; i++) {
            if (strokes.marks(i)) {
                wanted[i] = 1;
                held[i] = KNOWN;
            }
        }
        float[] reach = grid.solve(wanted, held, by.progress().part(0, 0.33), by.stop());
        float[] share = new float[size];
        for (int i = 0; i < size; i++) {
            double part = Math.clamp((reach[i] - little) / (much - little), 0, 1);
            share[i] = (float) (part * part * (3 - 2 * part));
        }
        float[][] chroma = new float[2][];
        for (int channel = 0; channel < 2; channel++) {
            for (int i = 0; i < size; i++) {
                wanted[i] = strokes.marks(i) ? strokes.chroma(i)[channel] : 0;
            }
            Progress part = by.progress().part(0.33 * (channel + 1), 0.33 * (channel + 2));
            chroma[channel] = grid.solve(wanted, held, part, by.stop());
            for (int i = 0; i < size; i++) {
                chroma[channel][i] = share[i] > 0 ? chroma[channel][i] / reach[i] * share[i] : 0;
            }
        }
        return new MarkedColours(share, chroma);
    }

    /** How much of each point is a mark's, 0 to 1. */
    float[] share() {
        return share;
    }

    /** The a or b of the marks, channel 0 or 1, times that share. */
    float[] chroma(int channel) {
        return chroma[channel];
    }

    /** Whom to tell how far it is, and what ends it. */
    record Spreading(Progress progress, Stop stop) {}
}
