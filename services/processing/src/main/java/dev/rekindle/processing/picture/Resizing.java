package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LANCZOS4;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_NEAREST;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.media.OutputSize;
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
        OutputSize size = OutputSize.of(output, from.width(), from.height());
        return new Resizing(size.cutWidth(), size.cutHeight(), new PictureSize(size.width(), size.height()));
    }

    /** The longer side to which a whole picture may be reduced before the output is made of it. */
    public int longerSideNeeded(PictureSize from) {
        double scale = Math.max((double) size.width() / cutWidth, (double) size.height() / cutHeight);
        return (int) Math.ceil(Math.max(from.width(), from.height()) * scale);
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
