package dev.rekindle.processing.engine;

/**
 * What the borders of stains tell. Beneath the border of a stain the picture goes on as if nothing were there, once the right
 * share of the stain is taken from it; at the border of a brown thing it changes, whatever is taken.
 *
 * @param count pixels at borders
 * @param red by how much red is darker, of what blue is darker than red
 * @param change how many times as much the picture, freed of stains, changes at borders as beside them; 0 where there are too few
 */
record StainBorders(int count, double red, double change) {
    private static final int COUNT_MIN = 60;
    /** So many pixels away is beside a border. */
    private static final int BESIDE = 4;
    /** What red usually loses. */
    private static final double RED_USUALLY = 0.25;

    private static final double RED_MOST = 1.2;
    /** Changes of brightness above this, as logarithms, are more likely the picture's than a stain's. */
    private static final double CALM = 0.02;

    private static final int ROUNDS = 12;
    private static final double CHANGE_MOST = 1.4;

    /** Whether they are borders of something that lies over the picture. */
    boolean areOfStains() {
        return count >= COUNT_MIN && change > 0 && change <= CHANGE_MOST;
    }

    /**
     * Looks at all places where colour changes.
     *
     * @param density how much of a stain lies on each pixel
     * @param light the logarithms of red
     * @param seen a difference of density that can be seen
     */
    static StainBorders of(float[] density, float[] light, int width, double seen) {
        Field stain = Field.softened(density, width);
        Field picture = Field.softened(light, width);
        boolean[] borders = stain.steeperThan(seen);
        int count = 0;
        for (boolean border : borders) {
            count += border ? 1 : 0;
        }
        if (count < COUNT_MIN) {
            return new StainBorders(count, RED_USUALLY, 0);
        }
        double red = fit(stain, picture, borders);
        return new StainBorders(count, red, change(picture.with(red, stain), borders));
    }

    /** The share of the density by which the picture, freed of it, changes least at borders. */
    private static double fit(Field stain, Field picture, boolean[] borders) {
        double share = RED_USUALLY;
        for (int round = 0; round < ROUNDS; round++) {
            double both = 0;
            double own = 0;
            Field freed = picture.with(share, stain);
            for (int at = 0; at < borders.length; at++) {
                if (borders[at]) {
                    double weight = 1 / (CALM + freed.slope(at));
                    both -= weight * (stain.across(at) * picture.across(at) + stain.down(at) * picture.down(at));
                    own += weight * stain.slope(at) * stain.slope(at);
                }
            }
            share = Math.clamp(both / own, 0, RED_MOST);
        }
        return share;
    }

    private static double change(Field freed, boolean[] borders) {
        double at = 0;
        double beside = 0;
        int atCount = 0;
        int besideCount = 0;
        for (int y = BESIDE; y < freed.height() - BESIDE; y++) {
            for (int x = BESIDE; x < freed.width - BESIDE; x++) {
                int i = y * freed.width + x;
                if (borders[i]) {
                    at += Math.sqrt(freed.slope(i));
                    atCount++;
                } else if (borders[i - BESIDE]
                        || borders[i + BESIDE]
                        || borders[i - BESIDE * freed.width]
                        || borders[i + BESIDE * freed.width]) {
                    beside += Math.sqrt(freed.slope(i));
                    besideCount++;
                }
            }
        }
        boolean few = atCount < COUNT_MIN || besideCount < COUNT_MIN || beside == 0;
        return few ? 0 : at / atCount / (beside / besideCount);
    }

    /** Values row by row, and how they change. */
    @SuppressWarnings("ArrayRecordComponent") // made once, never compared
    private record Field(float[] values, int width) {

        /** Means of three by three. */
        static Field softened(float[] values, int width) {
            float[] soft = values.clone();
            int height = values.length / width;
            for (int y = 1; y < height - 1; y++) {
                for (int x = 1; x < width - 1; x++) {
                    float sum = 0;
                    for (int row = y - 1; row <= y + 1; row++) {
                        int at = row * width + x;
                        sum += values[at - 1] + values[at] + values[at + 1];
                    }
                    soft[y * width + x] = sum / 9;
                }
            }
            return new Field(soft, width);
        }

        int height() {
            return values.length / width;
        }

        double across(int at) {
            return values[at + 1] - values[at - 1];
        }

        double down(int at) {
            return values[at + width] - values[at - width];
        }

        double slope(int at) {
            return Math.hypot(across(at), down(at));
        }

        Field with(double share, Field other) {
            float[] sum = values.clone();
            for (int at = 0; at < sum.length; at++) {
                sum[at] += (float) (share * other.values[at]);
            }
            return new Field(sum, width);
        }

        boolean[] steeperThan(double slope) {
            boolean[] steep = new boolean[values.length];
            for (int y = 1; y < height() - 1; y++) {
                for (int x = 1; x < width - 1; x++) {
                    steep[y * width + x] = slope(y * width + x) > slope;
                }
            }
            return steep;
        }
    }
}
