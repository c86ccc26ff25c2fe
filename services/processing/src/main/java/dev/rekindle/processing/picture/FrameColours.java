package dev.rekindle.processing.picture;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_CL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GRAY8;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_BT2020;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU601;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU709;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INP;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.platform.rpc.Failure;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** Frames of FFmpeg as blue-green-red matrices, and back. */
final class FrameColours {
    private static final int NEUTRAL = 1 << 16;
    private static final int STUDIO_BLACK = 16;
    private static final int STUDIO_WHITE = 235;

    private FrameColours() {}

    /** The frame's pixels by its own colour matrix and range. */
    static Mat toBgr(AVFrame frame) {
        boolean full = frame.color_range() == AVCOL_RANGE_JPEG;
        Mat bgr = converted(frame, full, AV_PIX_FMT_BGR24, new Mat(frame.height(), frame.width(), CV_8UC3));
        if (!full && frame.format() == AV_PIX_FMT_GRAY8) {
            // The scaler takes greys of eight bits, and no others, for full range.
            bgr.convertTo(
                    bgr,
                    -1,
                    255.0 / (STUDIO_WHITE - STUDIO_BLACK),
                    -255.0 * STUDIO_BLACK / (STUDIO_WHITE - STUDIO_BLACK));
        }
        return bgr;
    }

    /** The frame's brightness as it is stored, 0 to 255, whatever range it claims. */
    static Mat toGrey(AVFrame frame) {
        return converted(frame, true, AV_PIX_FMT_GRAY8, new Mat(frame.height(), frame.width(), CV_8UC1));
    }

    private static Mat converted(AVFrame frame, boolean full, int format, Mat target) {
        SwsContext context = sws_getContext(
                frame.width(),
                frame.height(),
                frame.format(),
                frame.width(),
                frame.height(),
                format,
                SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT,
                null,
                null,
                (DoublePointer) null);
        if (context == null) {
            target.close();
            throw PictureDecoder.corrupt("The picture's pixel format " + frame.format() + " is not known.");
        }
        int space = switch (frame.colorspace()) {
            case AVCOL_SPC_BT709 -> SWS_CS_ITU709;
            case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL -> SWS_CS_BT2020;
            default -> SWS_CS_ITU601;
        };
        IntPointer coefficients = sws_getCoefficients(space);
        try (PointerPointer<?> planes = new PointerPointer<>(4);
                IntPointer strides = new IntPointer(4)) {
            sws_setColorspaceDetails(context, coefficients, full ? 1 : 0, coefficients, 1, 0, NEUTRAL, NEUTRAL);
            planes.put(0, target.data());
            strides.put(0, (int) target.step());
            sws_scale(context, frame.data(), frame.linesize(), 0, frame.height(), planes, strides);
            return target;
        } finally {
            sws_freeContext(context);
        }
    }

    /** A frame of that format with the picture in it: full range, by the matrix of JPEG. The caller frees it. */
    static AVFrame ofBgr(Mat bgr, int format) {
        AVFrame frame = av_frame_alloc();
        frame.format(format);
        frame.width(bgr.cols());
        frame.height(bgr.rows());
        SwsContext context = sws_getContext(
                bgr.cols(),
                bgr.rows(),
                AV_PIX_FMT_BGR24,
                bgr.cols(),
                bgr.rows(),
                format,
                SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP,
                null,
                null,
                (DoublePointer) null);
        if (context == null || av_frame_get_buffer(frame, 0) < 0) {
            sws_freeContext(context);
            av_frame_free(frame);
            throw Failure.internal(
                    "No frame of format " + format + " for " + bgr.cols() + " × " + bgr.rows() + " pixels", null);
        }
        IntPointer coefficients = sws_getCoefficients(SWS_CS_ITU601);
        try (PointerPointer<?> planes = new PointerPointer<>(4);
                IntPointer strides = new IntPointer(4)) {
            sws_setColorspaceDetails(context, coefficients, 1, coefficients, 1, 0, NEUTRAL, NEUTRAL);
            planes.put(0, bgr.data());
            strides.put(0, (int) bgr.step());
            sws_scale(context, planes, strides, 0, bgr.rows(), frame.data(), frame.linesize());
            return frame;
        } finally {
            sws_freeContext(context);
        }
    }
}
