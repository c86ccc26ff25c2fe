package dev.rekindle.media;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import java.util.HashSet;
import java.util.Set;

/** The header of a TIFF: its first directory in full, of the others only that they are there. */
final class TiffHeader {
    private static final int ENTRIES_MAX = 1_024;
    private static final int TAG_WIDTH = 256;
    private static final int TAG_HEIGHT = 257;
    private static final int TAG_BITS = 258;
    private static final int TAG_COMPRESSION = 259;
    private static final int TAG_PHOTOMETRIC = 262;
    private static final int TAG_SAMPLES = 277;
    private static final int TAG_EXTRA_SAMPLES = 338;
    private static final int TAG_SAMPLE_FORMAT = 339;
    private static final int TAG_ICC = 34_675;
    private static final int TAG_DNG_VERSION = 50_706;
    private static final int TAG_CFA = 33_421;
    private static final int ASSOCIATED_ALPHA = 1;
    private static final int UNASSOCIATED_ALPHA = 2;
    private static final int TYPE_BYTE = 1;
    private static final int TYPE_SHORT = 3;
    private static final int UNIT_CENTIMETRE = 3;
    private static final int FLOATS = 3;
    private static final int FLOAT_BITS = 32;

    /** None, fax, LZW, JPEG, deflate, PackBits, and the rare ones of scanners and of pictures of light. */
    private static final Set<Integer> COMPRESSIONS =
            Set.of(1, 2, 3, 4, 5, 6, 7, 8, 32_766, 32_771, 32_773, 32_809, 32_909, 32_946, 34_676, 34_677);

    private final Window window;
    private final boolean littleEndian;
    private int width;
    private int height;
    private int bits = 1;
    private int samples = 1;
    private int compression = 1;
    private int photometric;
    private int sampleFormat = 1;
    private int orientation = 1;
    private int extraSample;
    private double dpiX;
    private double dpiY;
    private int unit = 2;
    private byte[] profile = StoredPicture.NO_PROFILE;

    private TiffHeader(Window window) {
        this.window = window;
        this.littleEndian = window.u8(0) == 'I';
    }

    static StoredPicture read(Window window, int framesMax) {
        if (window.startsWith(8, "CR")) {
            throw Window.unsupported("The file is a camera's raw picture (CR2); export it as JPEG or TIFF.");
        }
        TiffHeader header = new TiffHeader(window);
        long directory = header.u32(4);
        long next = header.directory(directory);
        int frames = header.countFrames(directory, next, framesMax);
        double perInch = header.unit == UNIT_CENTIMETRE ? 2.54 : 1;
        boolean transparency = header.extraSample == ASSOCIATED_ALPHA || header.extraSample == UNASSOCIATED_ALPHA;
        ImageMetadata.Builder image = ImageMetadata.newBuilder()
                .setColourMode(header.colourMode())
                .setBitDepth(header.bits)
                .setCompression(header.compressionName())
                .setTransparency(transparency)
                .setDpiX(header.dpiX * perInch)
                .setDpiY(header.dpiY * perInch)
                .setFrameCount(frames);
        return new StoredPicture(
                MediaType.MEDIA_TYPE_TIFF,
                header.width,
                header.height,
                Orientation.ofExif(header.orientation),
                header.profile,
                null,
                StoredTags.NONE,
                null,
                transparency
                        ? new Opacity(header.extraSample == ASSOCIATED_ALPHA, 0, header.width, header.height, null)
                        : null,
                image);
    }

    private int u16(long at) {
        return littleEndian ? window.u16le(at) : window.u16be(at);
    }

    private long u32(long at) {
        return littleEndian ? window.u32le(at) : window.u32be(at);
    }

    /** Reads a directory; answers where the next one is, 0 for none. */
    private long directory(long at) {
        int entries = entries(at);
        for (int i = 0; i < entries; i++) {
            entry(at + 2 + 12L * i);
        }
        if (width == 0 || height == 0) {
            throw Window.corrupt("The first directory of the TIFF names no width and height.");
        }
        if (bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16 && bits != 32) {
            throw Window.unsupported("The TIFF has " + bits + " bits a channel; expected 1, 2, 4, 8, 16 or 32.");
        }
        if ((bits == FLOAT_BITS) != (sampleFormat == FLOATS)) {
            throw Window.unsupported("The TIFF has " + (sampleFormat == FLOATS ? "floats" : "whole numbers") + " of "
                    + bits + " bits a channel; expected floats of 32, or whole numbers of 1, 2, 4, 8 or 16.");
        }
        if (!COMPRESSIONS.contains(compression)) {
            throw Window.unsupported("The TIFF is compressed in a rare way (" + compression
                    + "); expected LZW, deflate, JPEG, PackBits, fax or none.");
        }
        return window.reaches(at + 2 + 12L * entries, 4) ? u32(at + 2 + 12L * entries) : 0;
    }

    private int entries(long at) {
        int entries = u16(at);
        if (entries == 0 || entries > ENTRIES_MAX) {
            throw Window.corrupt(
                    "A directory of the TIFF has " + entries + " entries; expected 1 to " + ENTRIES_MAX + ".");
        }
        return entries;
    }

    private void entry(long at) {
        switch (u16(at)) {
            case TAG_WIDTH -> width = number(at);
            case TAG_HEIGHT -> height = number(at);
            case TAG_BITS -> bits = first(at);
            case TAG_SAMPLE_FORMAT -> sampleFormat = first(at);
            case TAG_COMPRESSION -> compression = number(at);
            case TAG_PHOTOMETRIC -> photometric = number(at);
            case TAG_SAMPLES -> samples = number(at);
            case TAG_EXTRA_SAMPLES -> extraSample = number(at);
            case Exif.TAG_ORIENTATION -> orientation = number(at);
            case Exif.TAG_RESOLUTION_UNIT -> unit = number(at);
            case Exif.TAG_X_RESOLUTION -> dpiX = rational(u32(at + 8));
            case Exif.TAG_Y_RESOLUTION -> dpiY = rational(u32(at + 8));
            case TAG_ICC -> {
                long length = u32(at + 4);
                if (length <= StoredPicture.ICC_BYTES_MAX && window.reaches(u32(at + 8), length)) {
                    profile = window.bytes(u32(at + 8), (int) length);
                }
            }
            case TAG_DNG_VERSION, TAG_CFA ->
                throw Window.unsupported("The file is a camera's raw picture; export it as JPEG or TIFF.");
            default -> {
                // the rest is of no concern to a decoder
            }
        }
    }

    /** The first of shorts of which there is one for each channel. */
    private int first(long entry) {
        return u32(entry + 4) <= 2 ? u16(entry + 8) : u16(u32(entry + 8));
    }

    private int number(long entry) {
        long value = switch (u16(entry + 2)) {
            case TYPE_BYTE -> window.u8(entry + 8);
            case TYPE_SHORT -> u16(entry + 8);
            default -> u32(entry + 8);
        };
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    private double rational(long at) {
        if (!window.reaches(at, 8)) {
            return 0;
        }
        long denominator = u32(at + 4);
        return denominator == 0 ? 0 : (double) u32(at) / denominator;
    }

    private int countFrames(long first, long next, int framesMax) {
        Set<Long> seen = new HashSet<>();
        seen.add(first);
        long at = next;
        while (at != 0 && seen.size() <= framesMax && window.reaches(at, 2)) {
            if (!seen.add(at)) {
                throw Window.corrupt("The directories of the TIFF lead in a circle at byte " + at + ".");
            }
            long end = at + 2 + 12L * entries(at);
            at = window.reaches(end, 4) ? u32(end) : 0;
        }
        return seen.size();
    }

    private String colourMode() {
        return switch (photometric) {
            case 0, 1 -> samples > 1 ? "grey with alpha" : "grey";
            case 3 -> "palette";
            case 5 -> "CMYK";
            case 6 -> "YCbCr";
            case 8 -> "Lab";
            default -> samples > 3 ? "RGBA" : "RGB";
        };
    }

    private String compressionName() {
        return switch (compression) {
            case 1 -> "none";
            case 5 -> "LZW";
            case 6, 7 -> "JPEG";
            case 8, 32_946 -> "deflate";
            case 32_773 -> "PackBits";
            default -> "TIFF " + compression;
        };
    }
}
