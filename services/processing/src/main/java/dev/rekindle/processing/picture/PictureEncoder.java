package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMAGE_METADATA_EXIF;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMAGE_METADATA_ICCP;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMAGE_METADATA_XMP;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imwrite;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imwriteWithMetadata;

import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;

/** Writes pictures: sRGB, and without any tags unless they are given, so that nothing of camera or place leaks. */
public final class PictureEncoder {
    /** The media type of what is written where no other format is asked for. */
    public static final String CONTENT_TYPE = OutputFormat.JPEG.contentType();

    /** The best quality of formats that lose something. */
    public static final int QUALITY_MAX = 100;

    /** Native memory that coding AVIF takes. */
    public static final long AVIF_BYTES_PER_PIXEL = 40;

    private PictureEncoder() {}

    /** Writes a progressive JPEG of that quality, 1 to 100; from 90 on with colour at full resolution. */
    public static void write(Picture picture, int quality, Path file) {
        write(picture, OutputFormat.JPEG, new Compression(quality, false, true), file);
    }

    /** How hard to press. The quality is the format's own, 1 to 100, and does not matter where nothing is lost. */
    public record Compression(int quality, boolean lossless, boolean progressive) {}

    /** Writes a file without any tags; its name must end as the format's do. */
    public static void write(Picture picture, OutputFormat format, Compression how, Path file) {
        write(picture, format, how, KeptTags.NONE, file);
    }

    /** Writes a file with these tags, which the format must be able to carry; its name must end as the format's do. */
    public static void write(Picture picture, OutputFormat format, Compression how, KeptTags tags, Path file) {
        Natives.load();
        if (format == OutputFormat.AVIF) {
            writeBytes(AvifEncoder.encode(picture, how.quality(), format.fullChroma(how.quality())), file);
            return;
        }
        int[] options = format.options(how.quality(), how.lossless(), how.progressive());
        boolean written = tags.isEmpty()
                ? imwrite(file.toString(), picture.mat(), options)
                : writeTagged(picture, format, options, tags, file);
        if (!written) {
            throw Failure.internal("Could not write " + file + " of " + PictureSize.of(picture) + " pixels", null);
        }
        if (format == OutputFormat.PNG && tags.xmp().length > 0) {
            writeBytes(XmpBlock.intoPng(readBytes(file), tags.xmp()), file);
        }
    }

    private static boolean writeTagged(Picture picture, OutputFormat format, int[] options, KeptTags tags, Path file) {
        try (PointerScope _ = new PointerScope()) {
            Map<Integer, byte[]> kinds = new LinkedHashMap<>();
            kinds.put(IMAGE_METADATA_EXIF, tags.exif());
            switch (format) {
                case JPEG ->
                    kinds.put(IMAGE_METADATA_XMP, tags.xmp().length == 0 ? tags.xmp() : XmpBlock.jpeg(tags.xmp()));
                case WEBP -> kinds.put(IMAGE_METADATA_XMP, tags.xmp());
                case PNG, AVIF -> {} // a chunk of its own is put in, and none is taken
            }
            kinds.put(IMAGE_METADATA_ICCP, tags.profile());
            kinds.values().removeIf(bytes -> bytes.length == 0);
            Mat[] blocks = kinds.values().stream()
                    .map(bytes -> new Mat(1, bytes.length, CV_8U, new BytePointer(bytes)))
                    .toArray(Mat[]::new);
            int[] types = kinds.keySet().stream().mapToInt(Integer::intValue).toArray();
            return imwriteWithMetadata(
                    file.toString(),
                    picture.mat(),
                    new IntPointer(types),
                    new MatVector(blocks),
                    new IntPointer(options));
        }
    }

    /** Puts tags into a WebP of ours that has none yet. */
    static void tagWebp(Path file, KeptTags tags, PictureSize size) {
        if (!tags.isEmpty()) {
            writeBytes(WebpChunks.withTags(readBytes(file), tags, size), file);
        }
    }

    /** Writes a PNG with a palette of so many colours, 2 to 256, dithered, and without any tags. */
    public static void writePalette(Picture picture, int coloursMax, Path file, Stop stop) {
        writeBytes(Palette.of(picture, coloursMax).png(picture, stop), file);
    }

    private static void writeBytes(byte[] bytes, Path file) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw Failure.internal("Cannot write " + file, e);
        }
    }

    private static byte[] readBytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }

    /** The best quality whose file has no more bytes than that; empty where even the worst has more. */
    public static OptionalInt qualityFor(
            Picture picture, OutputFormat format, boolean progressive, long bytesMax, Stop stop) {
        return Largest.of(1, format.isAlwaysLossless() ? 1 : QUALITY_MAX, quality -> {
            stop.check();
            return bytes(picture, format, new Compression(quality, false, progressive)) <= bytesMax;
        });
    }

    private static long bytes(Picture picture, OutputFormat format, Compression how) {
        if (format == OutputFormat.AVIF) {
            return AvifEncoder.encode(picture, how.quality(), format.fullChroma(how.quality())).length;
        }
        try (BytePointer bytes = encoded(picture, format, how)) {
            return bytes.limit();
        }
    }

    private static BytePointer encoded(Picture picture, OutputFormat format, Compression how) {
        BytePointer bytes = new BytePointer();
        int[] values = format.options(how.quality(), how.lossless(), how.progressive());
        try (IntPointer options = new IntPointer(values)) {
            if (!imencode("." + format.extension(), picture.mat(), bytes, options)) {
                throw Failure.internal("Could not encode " + PictureSize.of(picture) + " pixels as " + format, null);
            }
            return bytes;
        } catch (RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /** A baseline JPEG of that quality, in memory: one frame of many. */
    public static byte[] jpeg(Picture picture, int quality) {
        Natives.load();
        try (BytePointer bytes = encoded(picture, OutputFormat.JPEG, new Compression(quality, false, false))) {
            byte[] jpeg = new byte[Math.toIntExact(bytes.limit())];
            bytes.get(jpeg);
            return jpeg;
        }
    }
}
