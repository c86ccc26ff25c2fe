package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imwrite;

import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;

/** Writes pictures: sRGB and without any metadata, so that nothing of the camera or the place leaks. */
public final class PictureEncoder {
    /** The media type of what is written where no other format is asked for. */
    public static final String CONTENT_TYPE = OutputFormat.JPEG.contentType();

    private PictureEncoder() {}

    /** Writes a progressive JPEG of that quality, 1 to 100; from 90 on with colour at full resolution. */
    public static void write(Picture picture, int quality, Path file) {
        write(picture, OutputFormat.JPEG, new Compression(quality, false, true), file);
    }

    /** How hard to press. The quality is the format's own, 1 to 100, and does not matter where nothing is lost. */
    public record Compression(int quality, boolean lossless, boolean progressive) {}

    /** Writes a file; its name must end as the format's do. */
    public static void write(Picture picture, OutputFormat format, Compression how, Path file) {
        int[] options = format.options(how.quality(), how.lossless(), how.progressive());
        if (!imwrite(file.toString(), picture.mat(), options)) {
            throw Failure.internal("Could not write " + file + " of " + PictureSize.of(picture) + " pixels", null);
        }
    }

    /** The best quality whose file has no more bytes than that; empty where even the worst has more. */
    public static OptionalInt qualityFor(
            Picture picture, OutputFormat format, boolean progressive, long bytesMax, Stop stop) {
        int best = 0;
        int low = 1;
        int high = format.isAlwaysLossless() ? 1 : 100;
        while (low <= high) {
            stop.check();
            int quality = (low + high) / 2;
            if (bytes(picture, format, new Compression(quality, false, progressive)) <= bytesMax) {
                best = quality;
                low = quality + 1;
            } else {
                high = quality - 1;
            }
        }
        return best == 0 ? OptionalInt.empty() : OptionalInt.of(best);
    }

    private static long bytes(Picture picture, OutputFormat format, Compression how) {
        int[] values = format.options(how.quality(), how.lossless(), how.progressive());
        try (BytePointer bytes = new BytePointer();
                IntPointer options = new IntPointer(values)) {
            if (!imencode("." + format.extension(), picture.mat(), bytes, options)) {
                throw Failure.internal("Could not encode " + PictureSize.of(picture) + " pixels as " + format, null);
            }
            return bytes.limit();
        }
    }
}
