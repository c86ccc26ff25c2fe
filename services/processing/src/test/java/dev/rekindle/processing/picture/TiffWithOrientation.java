package dev.rekindle.processing.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A TIFF with an orientation added to its first directory, which is written anew at the end of the file. */
final class TiffWithOrientation {
    private static final int TAG_ORIENTATION = 0x0112;

    private TiffWithOrientation() {}

    static byte[] of(byte[] tiff, int orientation) {
        ByteBuffer old = ByteBuffer.wrap(tiff);
        ByteOrder order = tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        old.order(order);
        int directory = old.getInt(4);
        int entries = old.getShort(directory);
        int begin = tiff.length + tiff.length % 2;
        ByteBuffer changed = ByteBuffer.wrap(Arrays.copyOf(tiff, begin + 2 + 12 * (entries + 1) + 4));
        changed.order(order);
        changed.putInt(4, begin);
        changed.putShort(begin, (short) (entries + 1));
        int at = begin + 2;
        boolean added = false;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if (!added && (old.getShort(entry) & 0xffff) > TAG_ORIENTATION) {
                at = put(changed, at, orientation);
                added = true;
            }
            changed.put(at, tiff, entry, 12);
            at += 12;
        }
        if (!added) {
            put(changed, at, orientation);
        }
        return changed.array();
    }

    private static int put(ByteBuffer changed, int at, int orientation) {
        changed.putShort(at, (short) TAG_ORIENTATION);
        changed.putShort(at + 2, (short) 3);
        changed.putInt(at + 4, 1);
        changed.putShort(at + 8, (short) orientation);
        return at + 12;
    }
}
