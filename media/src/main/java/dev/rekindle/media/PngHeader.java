package dev.rekindle.media;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The header of a PNG: its chunks, all of them where the whole file can be read. */
final class PngHeader {
    private static final int CHUNKS_MAX = 200_000;
    private static final int CHECKED_BYTES_MAX = 1 << 20;
    private static final String XMP = "XML:com.adobe.xmp\0\0\0\0\0";
    private static final Set<Integer> BIT_DEPTHS = Set.of(1, 2, 4, 8, 16);

    private final Window window;
    private int width;
    private int height;
    private int bitDepth;
    private int colourType;
    private boolean interlaced;
    private boolean transparency;
    private boolean data;
    private int frames = 1;
    private double dpiX;
    private double dpiY;
    private Exif exif = Exif.NONE;
    private StoredTags tags = StoredTags.NONE;
    private byte[] profile = StoredPicture.NO_PROFILE;

    private PngHeader(Window window) {
        this.window = window;
    }

    static StoredPicture read(Window window) {
        PngHeader header = new PngHeader(window);
        header.begin();
        header.walk();
        return header.picture();
    }

    private void begin() {
        if (window.u32be(8) != 13 || !window.startsWith(12, "IHDR")) {
            throw Window.corrupt("The PNG does not begin with an IHDR chunk of 13 bytes.");
        }
        checkSum(8, 13);
        width = positive(window.u32be(16));
        height = positive(window.u32be(20));
        bitDepth = window.u8(24);
        colourType = window.u8(25);
        interlaced = window.u8(28) == 1;
        boolean depthFits = switch (colourType) {
            case 0 -> BIT_DEPTHS.contains(bitDepth);
            case 3 -> BIT_DEPTHS.contains(bitDepth) && bitDepth <= 8;
            case 2, 4, 6 -> bitDepth == 8 || bitDepth == 16;
            default -> false;
        };
        if (!depthFits || window.u8(26) != 0 || window.u8(27) != 0) {
            throw Window.corrupt("The PNG says colour type " + colourType + " with " + bitDepth
                    + " bits, which the format does not know.");
        }
    }

    private static int positive(long value) {
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    private void walk() {
        long at = 33;
        for (int chunk = 0; chunk < CHUNKS_MAX; chunk++) {
            if (!window.reaches(at, 8) && data) {
                // A head of the file was given, or the file ends without IEND, which decoders forgive.
                return;
            }
            long length = window.u32be(at);
            String type = window.text(at + 4, 4);
            if (length > window.size() - at - 12) {
                throw Window.corrupt("Chunk \"" + type.replaceAll("[^A-Za-z]", "?") + "\" at byte " + at
                        + " of the PNG claims " + length + " bytes; the file has only " + window.size()
                        + ". It is truncated or damaged.");
            }
            if (type.equals("IEND")) {
                if (!data) {
                    throw Window.corrupt("The PNG has no picture data.");
                }
                return;
            }
            chunk(type, at, (int) length);
            at += 12 + length;
        }
        throw Window.corrupt("The PNG has more than " + CHUNKS_MAX + " chunks.");
    }

    private void chunk(String type, long at, int length) {
        long content = at + 8;
        switch (type) {
            case "IDAT" -> data = true;
            case "acTL" -> frames = length >= 8 ? Math.max(1, positive(window.u32be(content))) : 1;
            case "tRNS" -> transparency = true;
            case "pHYs" -> {
                if (length >= 9 && window.u8(content + 8) == 1) {
                    dpiX = window.u32be(content) * 0.0254;
                    dpiY = window.u32be(content + 4) * 0.0254;
                }
            }
            case "eXIf" -> {
                if (length <= CHECKED_BYTES_MAX && window.reaches(content, length)) {
                    byte[] block = window.bytes(content, length);
                    exif = Exif.read(block);
                    tags = tags.withExif(block);
                }
            }
            case "iTXt" -> {
                // No language, no compression: as XMP is always stored.
                int head = XMP.length();
                if (length > head && length <= CHECKED_BYTES_MAX && window.startsWith(content, XMP)) {
                    tags = tags.withXmp(window.bytes(content + head, length - head));
                }
            }
            case "iCCP" -> {
                if (length <= CHECKED_BYTES_MAX) {
                    profile = inflate(window.bytes(content, length));
                }
            }
            default -> {
                // neither size nor colour
            }
        }
    }

    private void checkSum(long at, int length) {
        CRC32 sum = new CRC32();
        sum.update(window.bytes(at + 4, length + 4));
        if (sum.getValue() != window.u32be(at + 8 + length)) {
            throw Window.corrupt("The checksum of the PNG's header is wrong; the file is damaged.");
        }
    }

    /** The profile of an iCCP chunk (name, zero, method, deflated bytes); empty where it is too large or broken. */
    private static byte[] inflate(byte[] chunk) {
        int name = 0;
        while (name < chunk.length && chunk[name] != 0) {
            name++;
        }
        if (name + 2 >= chunk.length) {
            return StoredPicture.NO_PROFILE;
        }
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(chunk, name + 2, chunk.length - name - 2);
            byte[] inflated = new byte[StoredPicture.ICC_BYTES_MAX];
            int length = 0;
            while (!inflater.finished() && length < inflated.length) {
                int count = inflater.inflate(inflated, length, inflated.length - length);
                if (count == 0) {
                    break;
                }
                length += count;
            }
            return inflater.finished() ? Arrays.copyOf(inflated, length) : StoredPicture.NO_PROFILE;
        } catch (DataFormatException e) {
            return StoredPicture.NO_PROFILE;
        }
    }

    private StoredPicture picture() {
        String mode = switch (colourType) {
            case 0 -> "grey";
            case 3 -> "palette";
            case 4 -> "grey with alpha";
            case 6 -> "RGBA";
            default -> "RGB";
        };
        ImageMetadata.Builder image = ImageMetadata.newBuilder()
                .setColourMode(mode)
                .setBitDepth(bitDepth)
                .setCompression(interlaced ? "deflate, interlaced" : "deflate")
                .setTransparency(transparency || colourType >= 4)
                .setDpiX(dpiX)
                .setDpiY(dpiY)
                .setFrameCount(frames);
        return new StoredPicture(
                MediaType.MEDIA_TYPE_PNG, width, height, exif.orientation(), profile, null, tags, null, null, image);
    }
}
