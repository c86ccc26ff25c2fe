package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.setNumThreads;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_dnn;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.global.opencv_photo;
import org.bytedeco.opencv.opencv_java;

/** The native libraries: unpacked and loaded once a process, in one to six seconds. */
public final class Natives {
    private Natives() {}

    /** OpenCV, loaded when first asked for. */
    private static final class OpenCv {
        static {
            Loader.load(opencv_imgproc.class);
            Loader.load(opencv_imgcodecs.class);
            Loader.load(opencv_photo.class);
            Loader.load(opencv_dnn.class);
        }

        static void loaded() {}
    }

    /** FFmpeg's libraries, loaded when first asked for. */
    private static final class FFmpeg {
        static {
            Loader.load(avformat.class);
            Loader.load(avcodec.class);
            Loader.load(swscale.class);
            avutil.av_log_set_level(avutil.AV_LOG_FATAL);
        }

        static void loaded() {}
    }

    /** OpenCV's own binding for Java, which alone knows animations; loaded when first asked for. */
    private static final class Animations {
        static {
            Loader.load(opencv_java.class);
        }

        static void loaded() {}
    }

    /** Loads OpenCV and what reads and writes animations. */
    static void loadAnimations() {
        OpenCv.loaded();
        Animations.loaded();
    }

    /** Loads OpenCV. */
    public static void load() {
        OpenCv.loaded();
    }

    /** Loads OpenCV and lets one of its calls use that many threads. */
    public static void load(int threads) {
        OpenCv.loaded();
        setNumThreads(threads);
    }

    /**
     * Loads FFmpeg's libraries.
     *
     * @throws Failure UNIMPLEMENTED naming what is missing on this machine
     */
    static void loadFFmpeg() {
        try {
            FFmpeg.loaded();
        } catch (LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw Failure.of(
                            Reason.REASON_UNIMPLEMENTED,
                            "HEIC and AVIF can neither be read nor written on this server: its FFmpeg libraries do not load.")
                    .withDetail(String.valueOf(cause.getMessage()), e);
        }
    }
}
