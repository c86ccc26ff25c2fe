package dev.rekindle.media;

import dev.rekindle.jobs.v1.ImageOutputSpec;

/**
 * How an output gets its size from that of its photo: what is cut out of it, and how large that becomes. Nothing is ever
 * enlarged unless the output asks for it.
 *
 * @param cutWidth pixels of the photo that are used; where they lie is chosen later
 * @param width pixels of the output
 */
public record OutputSize(int cutWidth, int cutHeight, int width, int height) {

    /**
     * How the output is made from an upright photo of that size.
     *
     * @param output completed by its preset
     */
    public static OutputSize of(ImageOutputSpec output, int width, int height) {
        if (output.getWidth() == 0 && output.getHeight() == 0) {
            return new OutputSize(width, height, width, height);
        }
        double across = (double) output.getWidth() / width;
        double down = (double) output.getHeight() / height;
        if (output.getWidth() == 0 || output.getHeight() == 0) {
            return scaled(width, height, Math.max(across, down), output);
        }
        return switch (output.getResizeMode()) {
            case RESIZE_MODE_FIT, RESIZE_MODE_UNSPECIFIED, UNRECOGNIZED ->
                scaled(width, height, Math.min(across, down), output);
            case RESIZE_MODE_FILL -> scaled(width, height, Math.max(across, down), output);
            case RESIZE_MODE_STRETCH ->
                new OutputSize(
                        width,
                        height,
                        output.getUpscale() ? output.getWidth() : Math.min(output.getWidth(), width),
                        output.getUpscale() ? output.getHeight() : Math.min(output.getHeight(), height));
            case RESIZE_MODE_CROP -> {
                // The largest piece of the box's shape, made as large as the box or left as it is.
                double covering = Math.max(across, down);
                int cutWidth = Math.clamp(Math.round(output.getWidth() / covering), 1, width);
                int cutHeight = Math.clamp(Math.round(output.getHeight() / covering), 1, height);
                yield covering > 1 && !output.getUpscale()
                        ? new OutputSize(cutWidth, cutHeight, cutWidth, cutHeight)
                        : new OutputSize(cutWidth, cutHeight, output.getWidth(), output.getHeight());
            }
        };
    }

    private static OutputSize scaled(int width, int height, double wished, ImageOutputSpec output) {
        double scale = output.getUpscale() ? wished : Math.min(1, wished);
        return new OutputSize(width, height, (int) Math.max(1, Math.round(width * scale)), (int)
                Math.max(1, Math.round(height * scale)));
    }

    /** The least that the output will be, whatever the size of its photo is. */
    static OutputSize leastOf(ImageOutputSpec output) {
        int width = Math.max(1, output.getWidth());
        int height = Math.max(1, output.getHeight());
        if (!output.getUpscale()) {
            return new OutputSize(1, 1, 1, 1);
        }
        return switch (output.getResizeMode()) {
            case RESIZE_MODE_FILL, RESIZE_MODE_STRETCH, RESIZE_MODE_CROP -> new OutputSize(1, 1, width, height);
            case RESIZE_MODE_FIT, RESIZE_MODE_UNSPECIFIED, UNRECOGNIZED ->
                output.getWidth() == 0 || output.getHeight() == 0
                        ? new OutputSize(1, 1, width, height)
                        : new OutputSize(1, 1, Math.min(width, height), 1); // one side is the box's, who knows which
        };
    }

    public long pixels() {
        return (long) width * height;
    }

    @Override
    public String toString() {
        return width + " × " + height;
    }
}
