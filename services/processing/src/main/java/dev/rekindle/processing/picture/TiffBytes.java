package dev.rekindle.processing.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A TIFF whose orientation is struck out. OpenCV turns some orientations by itself and fails at those that swap the
 * sides, so it is shown an upright file and the turning is done here, as for every other format.
 */
final class TiffBytes {
    private static final int TAG_ORIENTATION = 0x0112;

    private TiffBytes() {}

    /** Sets the orientation of the first directory to upright, in place. The header was found sound before. */
    static void strikeOrientation(byte[] file) {
        ByteBuffer tiff = ByteBuffer.wrap(file);
        tiff.order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        int entries = tiff.getShort(directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if ((tiff.getShort(entry) & 0xffff) == TAG_ORIENTATION) {
                tiff.putShort(entry + 8, (short) 1);
            }
        }
    }
}
