package dev.rekindle.processing.picture;

import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** Searches the largest number that fits, where with one all smaller ones fit, too. */
public final class Largest {
    private Largest() {}

    /** The largest from lowest to highest, tried by halves; empty where not even the lowest fits. */
    public static OptionalInt of(int lowest, int highest, IntPredicate fits) {
        OptionalInt best = OptionalInt.empty();
        int low = lowest;
        int high = highest;
        while (low <= high) {
            int tried = (low + high) / 2;
            if (fits.test(tried)) {
                best = OptionalInt.of(tried);
                low = tried + 1;
            } else {
                high = tried - 1;
            }
        }
        return best;
    }
}
