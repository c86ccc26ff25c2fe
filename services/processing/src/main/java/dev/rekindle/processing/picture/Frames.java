package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Animation;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * All frames of an animated GIF, WebP or PNG, each complete, with the time it is shown. They are in memory together, four
 * bytes a pixel: close them. Pictures and frames are of two bindings of the same library; only addresses cross over.
 */
public final class Frames implements AutoCloseable {
    /** Bytes a pixel of a frame takes while it is decoded and kept, and while it is written. */
    public static final long BYTES_PER_PIXEL = 8;

    /** Pixels of all frames together, those that are read and those that are written. */
    public static final long PIXELS_MAX = 500_000_000;

    private final Animation animation;
    private final List<Mat> frames;
    private final MediaHeader header;

    private Frames(Animation animation, MediaHeader header) {
        this.animation = animation;
        this.frames = animation.get_frames();
        this.header = header;
    }

    /** Memory at an address that belongs to somebody else. */
    private static final class Borrowed extends Pointer {
        Borrowed(long at) {
            super((Pointer) null);
            this.address = at;
        }
    }

    /**
     * Decodes all frames of a file.
     *
     * @throws Failure CORRUPT_MEDIA if not all that the header counts can be decoded
     */
    public static Frames read(Path file, MediaHeader header, Stop stop) {
        stop.check();
        Natives.loadAnimations();
        int expected = header.metadata().getImage().getFrameCount();
        Animation animation = new Animation();
        Frames frames = null;
        try {
            boolean read = Imgcodecs.imreadanimation(file.toString(), animation, 0, expected);
            frames = new Frames(animation, header);
            if (!read || frames.count() != expected) {
                throw PictureDecoder.corrupt("The animation has " + expected + " frames by its header and only "
                        + frames.count() + " could be decoded; it is truncated or damaged"
                        + (header.metadata().getType() == MediaType.MEDIA_TYPE_GIF
                                ? ", or a frame reaches beyond its " + header.storedWidth() + " × "
                                        + header.storedHeight()
                                        + " pixels. Without all_frames its first frame is taken."
                                : "."));
            }
            for (Mat frame : frames.frames) {
                if (frame.cols() != header.storedWidth() || frame.rows() != header.storedHeight()) {
                    throw PictureDecoder.corrupt("A frame of the animation is " + frame.cols() + " × " + frame.rows()
                            + " pixels; expected " + header.storedWidth() + " × " + header.storedHeight() + ".");
                }
            }
            return frames;
        } catch (RuntimeException e) {
            if (frames != null) {
                frames.close();
            }
            throw e instanceof Failure
                    ? e
                    : PictureDecoder.corrupt("The animation's data is damaged and cannot be decoded.")
                            .withDetail(String.valueOf(e.getMessage()), e);
        }
    }

    public int count() {
        return frames.size();
    }

    /** A frame as a picture: upright, sRGB, laid on a colour. The caller closes it. */
    public Picture picture(int index, int backgroundRgb, Stop stop) {
        Mat frame = frames.get(index);
        try (Borrowed pixels = new Borrowed(frame.dataAddr());
                org.bytedeco.opencv.opencv_core.Mat shared = new org.bytedeco.opencv.opencv_core.Mat(
                        frame.rows(), frame.cols(), frame.type(), pixels, frame.step1())) {
            return PictureDecoder.finished(Transparency.on(shared.clone(), backgroundRgb), header, stop);
        }
    }

    /** Writes pictures of one size as a WebP that moves as this does. */
    public void write(List<Picture> pictures, PictureEncoder.Compression how, Path file) {
        List<Mat> shown = new ArrayList<>();
        Animation written = new Animation(animation.get_loop_count());
        MatOfInt options = new MatOfInt(OutputFormat.WEBP.options(how.quality(), how.lossless(), false));
        try {
            for (Picture picture : pictures) {
                org.bytedeco.opencv.opencv_core.Mat mat = picture.mat();
                shown.add(new Mat(mat.rows(), mat.cols(), CV_8UC3, mat.createBuffer(), mat.step()));
            }
            written.set_frames(shown);
            written.set_durations(animation.get_durations());
            if (!Imgcodecs.imwriteanimation(file.toString(), written, options)) {
                throw Failure.internal("Could not write " + file + " of " + pictures.size() + " frames", null);
            }
        } finally {
            release(written, shown);
            options.release();
        }
    }

    /** Collectors would free these late. */
    private static void release(Animation animation, List<Mat> frames) {
        animation.set_frames(List.of());
        frames.forEach(Mat::release);
    }

    @Override
    public void close() {
        release(animation, frames);
    }
}
