package dev.rekindle.media;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The few EXIF tags a decoder must know. Broken EXIF is common and harmless: what cannot be read is taken as absent.
 *
 * @param dpiX dots per inch; 0 where not told
 */
record Exif(Orientation orientation, double dpiX, double dpiY) {
    static final Exif NONE = new Exif(Orientation.UPRIGHT, 0, 0);

    static final int TAG_ORIENTATION = 0x0112;
    static final int TAG_X_RESOLUTION = 0x011a;
    static final int TAG_Y_RESOLUTION = 0x011b;
    static final int TAG_RESOLUTION_UNIT = 0x0128;
    private static final int ENTRIES_MAX = 512;
    private static final int UNIT_CENTIMETRE = 3;

    /** Reads the first directory of an EXIF block that begins with its TIFF header. */
    static Exif read(byte[] block) {
        try {
            return read(ByteBuffer.wrap(block));
        } catch (IndexOutOfBoundsException | BufferUnderflowException | IllegalArgumentException e) {
            return NONE;
        }
    }

    private static Exif read(ByteBuffer tiff) {
        if (tiff.getShort(0) == 0x4949) {
            tiff.order(ByteOrder.LITTLE_ENDIAN);
        } else if (tiff.getShort(0) != 0x4d4d) {
            return NONE;
        }
        int directory = tiff.getInt(4);
        int entries = Math.min(tiff.getShort(directory) & 0xffff, ENTRIES_MAX);
        int orientation = 1;
        int unit = 2;
        double x = 0;
        double y = 0;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            int value = entry + 8;
            switch (tiff.getShort(entry) & 0xffff) {
                case TAG_ORIENTATION -> orientation = tiff.getShort(value) & 0xffff;
                case TAG_RESOLUTION_UNIT -> unit = tiff.getShort(value) & 0xffff;
                case TAG_X_RESOLUTION -> x = rational(tiff, tiff.getInt(value));
                case TAG_Y_RESOLUTION -> y = rational(tiff, tiff.getInt(value));
                default -> {
                    // the rest is of no concern to a decoder
                }
            }
        }
        double perInch = unit == UNIT_CENTIMETRE ? 2.54 : 1;
        return new Exif(Orientation.ofExif(orientation), x * perInch, y * perInch);
    }

    private static double rational(ByteBuffer tiff, int offset) {
        long numerator = tiff.getInt(offset) & 0xffffffffL;
        long denominator = tiff.getInt(offset + 4) & 0xffffffffL;
        return denominator == 0 ? 0 : (double) numerator / denominator;
    }
}
