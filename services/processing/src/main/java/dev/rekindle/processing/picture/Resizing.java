package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LANCZOS4;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_NEAREST;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.Interpolation;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * How an output gets its size from a picture: what is cut out of it, and how large that becomes. Nothing is ever enlarged
 * unless the output asks for it.
 *
 * @param cutWidth pixels of the picture that are used; where they lie is chosen later
 * @param size of the output
 */
public record Resizing(int cutWidth, int cutHeight, PictureSize size) {
    /** Three times the size is left at least. */
    private static final int HALVED_FROM = 6;

    /** How the output is made from a picture of that size. */
    public static Resizing of(ImageOutputSpec output, PictureSize from) {
        if (output.getWidth() == 0 && output.getHeight() == 0) {
            return whole(from, from);
        }
        double across = (double) output.getWidth() / from.width();
        double down = (double) output.getHeight() / from.height();
        if (output.getWidth() == 0 || output.getHeight() == 0) {
            return whole(from, scaled(from, limited(Math.max(across, down), output)));
        }
        return switch (output.getResizeMode()) {
            case RESIZE_MODE_FIT, RESIZE_MODE_UNSPECIFIED, UNRECOGNIZED ->
                whole(from, scaled(from, limited(Math.min(across, down), output)));
            case RESIZE_MODE_FILL -> whole(from, scaled(from, limited(Math.max(across, down), output)));
            case RESIZE_MODE_STRETCH ->
                whole(
                        from,
                        new PictureSize(
                                output.getUpscale() ? output.getWidth() : Math.min(output.getWidth(), from.width()),
                                output.getUpscale()
                                        ? output.getHeight()
                                        : Math.min(output.getHeight(), from.height())));
            case RESIZE_MODE_CROP -> {
                // The largest piece of the box's shape, made as large as the box or left as it is.
                double covering = Math.max(across, down);
                int width = Math.clamp(Math.round(output.getWidth() / covering), 1, from.width());
                int height = Math.clamp(Math.round(output.getHeight() / covering), 1, from.height());
                PictureSize size = covering > 1 && !output.getUpscale()
                        ? new PictureSize(width, height)
                        : new PictureSize(output.getWidth(), output.getHeight());
                yield new Resizing(width, height, size);
            }
        };
    }

    /** The longer side to which a whole picture may be reduced before the output is made of it. */
    public int longerSideNeeded(PictureSize from) {
        double scale = Math.max((double) size.width() / cutWidth, (double) size.height() / cutHeight);
        return (int) Math.ceil(Math.max(from.width(), from.height()) * scale);
    }

    private static Resizing whole(PictureSize from, PictureSize size) {
        return new Resizing(from.width(), from.height(), size);
    }

    private static double limited(double scale, ImageOutputSpec output) {
        return output.getUpscale() ? scale : Math.min(1, scale);
    }

    private static PictureSize scaled(PictureSize from, double scale) {
        return new PictureSize((int) Math.max(1, Math.round(from.width() * scale)), (int)
                Math.max(1, Math.round(from.height() * scale)));
    }

    /** The pixels of that part of a picture, resized. The caller closes the result. */
    Picture apply(Mat part, Interpolation interpolation) {
        boolean same = size.width() == part.cols() && size.height() == part.rows();
        boolean reducing = !same && size.width() <= part.cols() && size.height() <= part.rows();
        return Picture.of(
                switch (interpolation) {
                    case INTERPOLATION_NEAREST -> resized(part, size, INTER_NEAREST);
                    case INTERPOLATION_BILINEAR ->
                        reducing ? reduced(part, Reduction.BILINEAR) : resized(part, size, INTER_LINEAR);
                    case INTERPOLATION_BICUBIC ->
                        reducing ? reduced(part, Reduction.BICUBIC) : resized(part, size, INTER_CUBIC);
                    case INTERPOLATION_LANCZOS ->
                        reducing ? reduced(part, Reduction.LANCZOS) : resized(part, size, INTER_LANCZOS4);
                    case INTERPOLATION_UNSPECIFIED, UNRECOGNIZED ->
                        reducing ? reduced(part, Reduction.LANCZOS) : resized(part, size, INTER_CUBIC);
                });
    }

    /**
     * Of far larger pictures two by two pixels are averaged first, as often as more than enough is left for the filter:
     * that is done many pixels at a time, and what is finer is of no account.
     */
    private Mat reduced(Mat part, Reduction reduction) {
        if (part.cols() < HALVED_FROM * size.width() || part.rows() < HALVED_FROM * size.height()) {
            return reduction.of(part, size);
        }
        try (Mat half = resized(part, new PictureSize(part.cols() / 2, part.rows() / 2), INTER_AREA)) {
            return reduced(half, reduction);
        }
    }

    private static Mat resized(Mat part, PictureSize size, int method) {
        Mat resized = new Mat();
        try (Size to = new Size(size.width(), size.height())) {
            resize(part, resized, to, 0, 0, method);
        }
        return resized;
    }
}
