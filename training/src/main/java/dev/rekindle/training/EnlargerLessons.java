package dev.rekindle.training;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes examples for the network that enlarges: a crop of a photo reduced by half in a way drawn by chance, some of them
 * then with grain or through JPEG, and what bicubic enlarging lacks of the crop.
 */
final class EnlargerLessons {
    /** Of the reduced crops. */
    static final int SIDE = 48;
    /** Levels that make one unit of what is lacking. */
    static final float LEVELS = 16;

    private static final int MARGIN = 8;

    /**
     * A batch.
     *
     * @param inputs scaled to -1..1, count × side × side
     * @param lacking what is to be added, in units of {@link #LEVELS}: count × 4 × side × side, the pixels of a square of
     *     four in the order upper left, upper right, lower left, lower right
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; copies would cost more than they protect.
    record Batch(int count, float[] inputs, float[] lacking) {}

    private final List<Grey> photos;
    private final RandomGenerator random;
    private final boolean aged;

    /**
     * Lessons.
     *
     * @param aged whether some pictures have grain, are soft or went through JPEG
     */
    EnlargerLessons(List<Grey> photos, RandomGenerator random, boolean aged) {
        this.photos = photos;
        this.random = random;
        this.aged = aged;
    }

    /** The least side of a photo. */
    static int sideMin() {
        return 2 * (SIDE + 2 * MARGIN);
    }

    Batch batch(int count) {
        int area = SIDE * SIDE;
        Batch batch = new Batch(count, new float[count * area], new float[4 * count * area]);
        for (int i = 0; i < count; i++) {
            Grey clean = busier(crop(), crop());
            Grey small = rounded(Halving.any(random).of(aged && chance(6) ? softened(clean) : clean));
            if (aged) {
                small = age(small);
            }
            Grey bicubic = Doubling.of(small);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    int at = y * SIDE + x;
                    batch.inputs()[i * area + at] =
                            small.pixels()[(y + MARGIN) * small.width() + x + MARGIN] / 127.5f - 1;
                    for (int of = 0; of < 4; of++) {
                        int from = (2 * (y + MARGIN) + of / 2) * clean.width() + 2 * (x + MARGIN) + of % 2;
                        batch.lacking()[(4 * i + of) * area + at] =
                                (clean.pixels()[from] - bicubic.pixels()[from]) / LEVELS;
                    }
                }
            }
        }
        return batch;
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private Grey crop() {
        return photos.get(random.nextInt(photos.size())).crop(sideMin(), random);
    }

    /** Skies teach little: of two crops the one with more in it. */
    private static Grey busier(Grey one, Grey other) {
        return busyness(one) >= busyness(other) ? one : other;
    }

    private static double busyness(Grey picture) {
        double sum = 0;
        for (int at = 1; at < picture.pixels().length; at++) {
            sum += Math.abs(picture.pixels()[at] - picture.pixels()[at - 1]);
        }
        return sum;
    }

    private Grey softened(Grey picture) {
        return picture.softened((float) (0.5 * random.nextDouble()));
    }

    private Grey age(Grey small) {
        Grey old = small;
        if (chance(3)) {
            old = rounded(Lessons.noisy(old, 6 * Math.pow(random.nextDouble(), 1.5), random));
        }
        if (chance(3)) {
            old = Lessons.throughJpeg(old, (float) (0.6 + 0.38 * random.nextDouble()));
        }
        return old;
    }

    private static Grey rounded(Grey picture) {
        for (int at = 0; at < picture.pixels().length; at++) {
            picture.pixels()[at] = Math.clamp(Math.round(picture.pixels()[at]), 0, 255);
        }
        return picture;
    }
}
