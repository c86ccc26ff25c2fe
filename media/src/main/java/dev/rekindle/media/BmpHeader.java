package dev.rekindle.media;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import java.util.Set;

/** The header of a BMP. */
final class BmpHeader {
    private static final int CORE_HEADER_BYTES = 12;
    private static final int HEADER_WITH_ALPHA_BYTES = 56;
    private static final int ALPHA_MASK_AT = 66;
    private static final Set<Integer> BIT_DEPTHS = Set.of(1, 4, 8, 16, 24, 32);

    private BmpHeader() {}

    static StoredPicture read(Window window) {
        long headerBytes = window.u32le(14);
        boolean core = headerBytes == CORE_HEADER_BYTES;
        if (!core && (headerBytes < 40 || headerBytes > 1_024)) {
            throw Window.corrupt("The header of the BMP claims " + headerBytes + " bytes; expected 12 or 40 to 1024.");
        }
        int width = core ? window.u16le(18) : signed(window.u32le(18));
        int height = core ? window.u16le(20) : Math.absExact(signed(window.u32le(22)));
        int planes = window.u16le(core ? 22 : 26);
        int bits = window.u16le(core ? 24 : 28);
        long compression = core ? 0 : window.u32le(30);
        if (planes != 1 || !BIT_DEPTHS.contains(bits)) {
            throw Window.corrupt(
                    "The BMP says " + planes + " planes of " + bits + " bits, which the format does not know.");
        }
        if (compression > 3) {
            throw Window.unsupported("The BMP is compressed in a rare way (" + compression + ").");
        }
        long rowBytes = ((long) width * bits + 31) / 32 * 4;
        boolean whole = compression == 0 || compression == 3;
        if (whole && window.u32le(10) + rowBytes * height > window.size()) {
            throw Window.corrupt("The BMP of " + width + " × " + height + " pixels needs "
                    + (window.u32le(10) + rowBytes * height) + " bytes; the file has " + window.size() + ".");
        }
        boolean masks = compression == 3;
        boolean transparency = masks && headerBytes >= HEADER_WITH_ALPHA_BYTES && window.u32le(ALPHA_MASK_AT) != 0;
        String coding = bits == 16 ? "none, 16 bits a pixel" : masks ? "none, with masks" : "none";
        double perInch = 0.0254;
        ImageMetadata.Builder image = ImageMetadata.newBuilder()
                .setColourMode(bits <= 8 ? "palette" : transparency ? "RGBA" : "RGB")
                .setTransparency(transparency)
                .setBitDepth(bits <= 8 ? bits : 8)
                .setCompression(whole ? coding : "RLE")
                .setDpiX(core ? 0 : window.u32le(38) * perInch)
                .setDpiY(core ? 0 : window.u32le(42) * perInch)
                .setFrameCount(1);
        return new StoredPicture(
                MediaType.MEDIA_TYPE_BMP,
                width,
                height,
                Orientation.UPRIGHT,
                StoredPicture.NO_PROFILE,
                null,
                StoredTags.NONE,
                null,
                null,
                image);
    }

    private static int signed(long value) {
        int number = (int) value;
        if (number == Integer.MIN_VALUE) {
            throw Window.corrupt("The BMP claims a side of " + value + " pixels.");
        }
        return number;
    }
}
