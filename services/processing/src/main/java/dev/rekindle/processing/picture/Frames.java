package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.media.FrameReach;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Animation;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * All frames of an animated GIF, WebP or PNG, each complete, with the time it is shown. They are in memory together, four
 * bytes a pixel, those included that reach beyond a GIF: close them. Pictures and frames are of two bindings of the same
 * library; only addresses cross over.
 */
public final class Frames implements AutoCloseable {
    /** Bytes a pixel of a frame takes while it is decoded and kept, and while it is written. */
    public static final long BYTES_PER_PIXEL = 8;

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
            boolean read = decode(file, header, animation);
            frames = new Frames(animation, header);
            if (!read || frames.count() != expected) {
                throw PictureDecoder.corrupt("The animation has " + expected + " frames by its header and only "
                        + frames.count() + " could be decoded; it is truncated or damaged.");
            }
            PictureSize whole = wholeSize(header);
            for (Mat frame : frames.frames) {
                if (frame.cols() != whole.width() || frame.rows() != whole.height()) {
                    throw PictureDecoder.corrupt("A frame of the animation is " + frame.cols() + " × " + frame.rows()
                            + " pixels; expected " + whole + ".");
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

    private static boolean decode(Path file, MediaHeader header, Animation animation) {
        int expected = header.metadata().getImage().getFrameCount();
        PictureSize whole = wholeSize(header);
        byte[] mended = header.metadata().getType() == MediaType.MEDIA_TYPE_GIF
                ? GifScreen.mended(file, whole.width(), whole.height()).orElse(null)
                : null;
        if (mended == null) {
            return Imgcodecs.imreadanimation(file.toString(), animation, 0, expected);
        }
        MatOfByte bytes = new MatOfByte(mended);
        try {
            return Imgcodecs.imdecodeanimation(bytes, animation, 0, expected);
        } finally {
            bytes.release();
        }
    }

    /** Of a frame as it is decoded: the picture, and what reaches beyond it to the right and below. */
    private static PictureSize wholeSize(MediaHeader header) {
        FrameReach reach = header.reach();
        return reach == null
                ? new PictureSize(header.storedWidth(), header.storedHeight())
                : new PictureSize(reach.width(), reach.height());
    }

    public int count() {
        return frames.size();
    }

    /** A frame as a picture: cut to it, upright, sRGB, laid on a colour. The caller closes it. */
    public Picture picture(int index, int backgroundRgb, Stop stop) {
        Mat frame = frames.get(index);
        try (Borrowed pixels = new Borrowed(frame.dataAddr());
                org.bytedeco.opencv.opencv_core.Mat shared = new org.bytedeco.opencv.opencv_core.Mat(
                        header.storedHeight(), header.storedWidth(), frame.type(), pixels, frame.step1())) {
            Backing backing = Backing.of(header, backgroundRgb, stop);
            return Picture.of(Turning.upright(Transparency.on(shared.clone(), backing), header.orientation()));
        }
    }

    /** Writes pictures of one size as a WebP that moves as this does, with these tags. */
    public void write(List<Picture> pictures, PictureEncoder.Compression how, KeptTags tags, Path file) {
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
            PictureEncoder.tagWebp(file, tags, PictureSize.of(pictures.getFirst()));
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
