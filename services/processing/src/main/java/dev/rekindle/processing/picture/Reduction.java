package dev.rekindle.processing.picture;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GRAY8;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU601;
import static org.bytedeco.ffmpeg.global.swscale.SWS_LANCZOS;
import static org.bytedeco.ffmpeg.global.swscale.SWS_PARAM_DEFAULT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.extractChannel;
import static org.bytedeco.opencv.global.opencv_core.merge;

import dev.rekindle.platform.rpc.Failure;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Rect;

/**
 * Makes pictures smaller with FFmpeg's scaler, whose filters reach over all pixels that fall into one; OpenCV's look at a
 * few around each point and skip the rest. Each channel is scaled by itself, as brightness is, so that no colour is
 * converted.
 */
enum Reduction {
    BILINEAR(SWS_BILINEAR, SWS_PARAM_DEFAULT, SWS_PARAM_DEFAULT),
    /** Catmull and Rom's. */
    BICUBIC(SWS_BICUBIC, 0, 0.5),
    /** Of three lobes. */
    LANCZOS(SWS_LANCZOS, 3, SWS_PARAM_DEFAULT);

    /** The scaler reads and writes whole vectors, past the end of a row. */
    private static final int PADDING = 64;

    private final int filter;
    private final double first;
    private final double second;

    Reduction(int filter, double first, double second) {
        this.filter = filter;
        this.first = first;
        this.second = second;
    }

    /** The picture in that size, no side of which is larger than now. The caller closes it. */
    Mat of(Mat bgr, PictureSize size) {
        Natives.loadFFmpeg();
        SwsContext context;
        try (DoublePointer parameters = new DoublePointer(first, second)) {
            context = sws_getContext(
                    bgr.cols(),
                    bgr.rows(),
                    AV_PIX_FMT_GRAY8,
                    size.width(),
                    size.height(),
                    AV_PIX_FMT_GRAY8,
                    filter | SWS_ACCURATE_RND,
                    null,
                    null,
                    parameters);
        }
        if (context == null) {
            throw Failure.internal("No scaler from " + bgr.cols() + " × " + bgr.rows() + " to " + size, null);
        }
        try (PointerScope _ = new PointerScope()) {
            IntPointer coefficients = sws_getCoefficients(SWS_CS_ITU601);
            int neutral = 1 << 16;
            sws_setColorspaceDetails(context, coefficients, 1, coefficients, 1, 0, neutral, neutral);
            Mat channel = padded(bgr.cols(), bgr.rows());
            Mat[] scaled = new Mat[3];
            for (int i = 0; i < scaled.length; i++) {
                extractChannel(bgr, channel, i);
                scaled[i] = padded(size.width(), size.height());
                scale(context, channel, scaled[i]);
            }
            Mat merged = new Mat();
            merge(new MatVector(scaled), merged);
            merged.retainReference();
            return merged;
        } finally {
            sws_freeContext(context);
        }
    }

    private static Mat padded(int width, int height) {
        Mat whole = new Mat(height + 1, (width + PADDING - 1) / PADDING * PADDING + PADDING, CV_8UC1);
        return new Mat(whole, new Rect(0, 0, width, height));
    }

    private static void scale(SwsContext context, Mat from, Mat to) {
        PointerPointer<?> source = new PointerPointer<>(4);
        PointerPointer<?> target = new PointerPointer<>(4);
        source.put(0, from.data());
        target.put(0, to.data());
        IntPointer sourceStride = new IntPointer((int) from.step(), 0, 0, 0);
        IntPointer targetStride = new IntPointer((int) to.step(), 0, 0, 0);
        sws_scale(context, source, sourceStride, 0, from.rows(), target, targetStride);
    }
}
