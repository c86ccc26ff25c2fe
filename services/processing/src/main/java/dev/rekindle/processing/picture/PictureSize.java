package dev.rekindle.processing.picture;

import dev.rekindle.common.v1.Resolution;

/** Width and height in pixels. */
public record PictureSize(int width, int height) {
    private static final PictureSize UNBOUNDED = new PictureSize(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public PictureSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("A picture of " + width + " × " + height + " pixels is none.");
        }
    }

    public static PictureSize of(Picture picture) {
        return new PictureSize(picture.width(), picture.height());
    }

    public static PictureSize square(int side) {
        return new PictureSize(side, side);
    }

    /** The box of a resolution, turned to match this size: 854 × 480 for wide pictures, 480 × 854 for tall ones. */
    public PictureSize boxOf(Resolution resolution) {
        PictureSize wide = switch (resolution) {
            case RESOLUTION_480P -> new PictureSize(854, 480);
            case RESOLUTION_720P -> new PictureSize(1280, 720);
            case RESOLUTION_1080P -> new PictureSize(1920, 1080);
            case RESOLUTION_1440P -> new PictureSize(2560, 1440);
            case RESOLUTION_2160P -> new PictureSize(3840, 2160);
            case RESOLUTION_ORIGINAL, RESOLUTION_UNSPECIFIED, UNRECOGNIZED -> UNBOUNDED;
        };
        return width >= height ? wide : wide.turned();
    }

    /** The same size lying on its side. */
    public PictureSize turned() {
        return new PictureSize(/* width= */ height, /* height= */ width);
    }

    /** So many times as wide and as high. */
    public PictureSize times(int factor) {
        return new PictureSize(factor * width, factor * height);
    }

    /** The largest size of the same shape that fits into a box and is no larger than this. */
    public PictureSize fittedInto(PictureSize box) {
        double scale = Math.min(1, Math.min((double) box.width / width, (double) box.height / height));
        return scale == 1
                ? this
                : new PictureSize(
                        Math.clamp(Math.round(width * scale), 1, box.width),
                        Math.clamp(Math.round(height * scale), 1, box.height));
    }

    public long pixels() {
        return (long) width * height;
    }

    @Override
    public String toString() {
        return width + " × " + height;
    }
}
