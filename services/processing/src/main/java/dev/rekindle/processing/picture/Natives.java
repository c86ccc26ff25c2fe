package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.setNumThreads;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.global.opencv_photo;

/** The native libraries: unpacked and loaded once a process, in one to six seconds. */
public final class Natives {
    private Natives() {}

    /** OpenCV, loaded when first asked for. */
    private static final class OpenCv {
        static {
            Loader.load(opencv_imgproc.class);
            Loader.load(opencv_imgcodecs.class);
            Loader.load(opencv_photo.class);
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

    /** ONNX Runtime, loaded when first asked for. */
    private static final class Onnx {
        private static final String FOLDER = "/ai/onnxruntime/native/" + folder() + "/";

        static {
            try {
                // By itself it unpacks 28 MB into the temporary folder at every start, and leaves them there when
                // killed.
                File library =
                        Loader.cacheResource(OrtEnvironment.class, FOLDER + System.mapLibraryName("onnxruntime"));
                Loader.cacheResource(OrtEnvironment.class, FOLDER + System.mapLibraryName("onnxruntime4j_jni"));
                System.setProperty("onnxruntime.native.path", library.getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "worker");
        }

        private static String folder() {
            return switch (Loader.getPlatform()) {
                case "linux-x86_64" -> "linux-x64";
                case "linux-arm64" -> "linux-aarch64";
                case "macosx-arm64" -> "osx-aarch64";
                case String other -> throw new UnsatisfiedLinkError("ONNX Runtime has no library for " + other);
            };
        }

        static void loaded() {}
    }

    /**
     * Loads ONNX Runtime.
     *
     * @throws LinkageError where this machine has no library for it
     */
    public static void loadOnnx() {
        Onnx.loaded();
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
                            "HEIC and AVIF cannot be read on this server: its FFmpeg libraries do not load.")
                    .withDetail(String.valueOf(cause.getMessage()), e);
        }
    }
}
