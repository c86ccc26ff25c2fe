package dev.rekindle.training;

import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;

/** A grey picture: brightness from 0 to 255, row by row. */
@SuppressWarnings("ArrayRecordComponent") // Never compared; copies would cost more than they protect.
record Grey(int width, int height, float[] pixels) {

    static Grey of(BufferedImage image) {
        Grey grey = blank(image.getWidth(), image.getHeight());
        for (int y = 0; y < grey.height; y++) {
            for (int x = 0; x < grey.width; x++) {
                int rgb = image.getRGB(x, y);
                grey.pixels[y * grey.width + x] =
                        0.299f * (rgb >> 16 & 0xff) + 0.587f * (rgb >> 8 & 0xff) + 0.114f * (rgb & 0xff);
            }
        }
        return grey;
    }

    static Grey blank(int width, int height) {
        return new Grey(width, height, new float[width * height]);
    }

    int longerSide() {
        return Math.max(width, height);
    }

    /** Reduced so that the longer side becomes that, by averaging areas. */
    Grey reduced(int side) {
        double factor = (double) longerSide() / side;
        if (factor <= 1) {
            return this;
        }
        Grey wide = blank(Math.max(1, (int) (width / factor)), height);
        for (int y = 0; y < height; y++) {
            average(pixels, y * width, 1, width, wide.pixels, y * wide.width, 1, wide.width);
        }
        Grey small = blank(wide.width, Math.max(1, (int) (height / factor)));
        for (int x = 0; x < small.width; x++) {
            average(wide.pixels, x, wide.width, height, small.pixels, x, small.width, small.height);
        }
        return small;
    }

    private static void average(
            float[] from, int start, int step, int count, float[] to, int target, int targetStep, int targetCount) {
        double factor = (double) count / targetCount;
        for (int i = 0; i < targetCount; i++) {
            double left = i * factor;
            double right = Math.min(count, left + factor);
            double sum = 0;
            for (int at = (int) left; at < right; at++) {
                double share = Math.min(right, at + 1) - Math.max(left, at);
                sum += share * from[start + at * step];
            }
            to[target + i * targetStep] = (float) (sum / (right - left));
        }
    }

    /** A square of it, turned and mirrored by chance. */
    Grey crop(int side, RandomGenerator random) {
        int left = random.nextInt(width - side + 1);
        int top = random.nextInt(height - side + 1);
        boolean mirror = random.nextBoolean();
        boolean flip = random.nextBoolean();
        boolean turn = random.nextBoolean();
        Grey crop = blank(side, side);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int fromX = mirror ? side - 1 - x : x;
                int fromY = flip ? side - 1 - y : y;
                int at = turn ? (top + fromX) * width + left + fromY : (top + fromY) * width + left + fromX;
                crop.pixels[y * side + x] = pixels[at];
            }
        }
        return crop;
    }

    /** Blurred a little: each pixel takes a share from its four neighbours. */
    Grey softened(float share) {
        Grey soft = blank(width, height);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float around = pixels[y * width + Math.max(0, x - 1)]
                        + pixels[y * width + Math.min(width - 1, x + 1)]
                        + pixels[Math.max(0, y - 1) * width + x]
                        + pixels[Math.min(height - 1, y + 1) * width + x];
                soft.pixels[y * width + x] = (1 - share) * pixels[y * width + x] + share * around / 4;
            }
        }
        return soft;
    }
}
