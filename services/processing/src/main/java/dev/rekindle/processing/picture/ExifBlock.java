package dev.rekindle.processing.picture;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * The EXIF block of an output, built anew from that of the photo. Nothing is copied but single tags: no thumbnails, no
 * makers' notes, which cannot be moved and hide previews and serial numbers, and nothing that describes how the photo was
 * stored or turned, because the output is stored upright in its own way.
 */
final class ExifBlock {
    static final byte[] NONE = {};

    /** A JPEG holds EXIF in one segment of 64 KB. */
    private static final int BLOCK_BYTES_MAX = 60_000;

    private static final int VALUE_BYTES_MAX = 16_000;
    private static final int ENTRIES_MAX = 512;
    private static final int ENTRY_BYTES = 12;
    private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    private static final int TYPE_LONG = 4;

    private static final int TAG_EXIF = 0x8769;
    private static final int TAG_GPS = 0x8825;
    private static final int TAG_COLOUR_SPACE = 0xa001;
    private static final short SRGB = 1;

    /** Sizes, strips, tiles, orientation, colour tables, and blocks of other kinds: those of the file, not of the photo. */
    private static final Set<Integer> OF_THE_FILE = Set.of(
            0x00fe, 0x00ff, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x010a, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117,
            0x011c, 0x0120, 0x0121, 0x012d, 0x013d, 0x013e, 0x013f, 0x0140, 0x0142, 0x0143, 0x0144, 0x0145, 0x014a,
            0x0152, 0x0153, 0x015b, 0x0200, 0x0201, 0x0202, 0x0211, 0x0212, 0x0213, 0x0214, 0x02bc, 0x501b, 0x83bb,
            0x8649, 0x8773, TAG_EXIF, TAG_GPS, 0x9101, 0x9102, 0x927c, 0xa002, 0xa003, 0xa005, 0xc4a5, 0xea1c);

    /** Camera, moment and resolution. */
    private static final Set<Integer> TECHNICAL_MAIN = Set.of(0x010f, 0x0110, 0x011a, 0x011b, 0x0128, 0x0132);

    /** Exposure, lens and what the camera was set to. */
    private static final Set<Integer> TECHNICAL_EXIF = Set.of(
            0x829a,
            0x829d,
            0x8822,
            0x8827,
            0x8830,
            0x8831,
            0x8832,
            0x9000,
            0x9003,
            0x9004,
            0x9201,
            0x9202,
            0x9203,
            0x9204,
            0x9205,
            0x9206,
            0x9207,
            0x9208,
            0x9209,
            0x920a,
            TAG_COLOUR_SPACE,
            0xa20e,
            0xa20f,
            0xa210,
            0xa217,
            0xa401,
            0xa402,
            0xa403,
            0xa404,
            0xa405,
            0xa406,
            0xa407,
            0xa408,
            0xa409,
            0xa40a,
            0xa40c,
            0xa432,
            0xa433,
            0xa434);

    @SuppressWarnings("ArrayRecordComponent") // copied on, never compared
    private record Entry(int tag, int type, int count, byte[] value) {
        int bytes() {
            return ENTRY_BYTES + (value.length <= 4 ? 0 : value.length + (value.length & 1));
        }
    }

    /** Of these, what is no use to a reader of tags: pictures, profiles, other blocks, where things lie. */
    private static final Set<Integer> NEVER_TOLD = Set.of(
            0x0111, 0x0117, 0x0144, 0x0145, 0x014a, 0x015b, 0x0201, 0x0202, 0x02bc, 0x8649, 0x8773, TAG_EXIF, TAG_GPS,
            0x927c, 0xa005, 0xc4a5, 0xea1c);

    private final ByteBuffer tiff;
    private final Set<Integer> leftOut;
    private int room = BLOCK_BYTES_MAX;

    private ExifBlock(ByteBuffer tiff, Set<Integer> leftOut) {
        this.tiff = tiff;
        this.leftOut = leftOut;
    }

    /**
     * What is kept of a block.
     *
     * @param tiff a TIFF structure, from its first byte
     * @param everything position and persons included; otherwise camera and exposure alone
     * @return the new block, {@link #NONE} where nothing is to be kept or the block is broken
     */
    static byte[] of(ByteBuffer tiff, boolean everything) {
        return of(tiff, OF_THE_FILE, everything);
    }

    /**
     * A block to be read, not written: with what describes the file, and never more than {@link #BLOCK_BYTES_MAX}. In a
     * hostile one thousands of tags point to the same megabytes, and a reader of tags would keep a copy for each.
     */
    static byte[] readable(ByteBuffer tiff) {
        return of(tiff, NEVER_TOLD, true);
    }

    private static byte[] of(ByteBuffer tiff, Set<Integer> leftOut, boolean everything) {
        try {
            tiff.order(tiff.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            return tiff.getShort(2) == 42 ? new ExifBlock(tiff, leftOut).kept(everything) : NONE;
        } catch (IndexOutOfBoundsException
                | BufferUnderflowException
                | BufferOverflowException
                | IllegalArgumentException e) {
            // Broken EXIF is common; a picture without is better than none.
            return NONE;
        }
    }

    private byte[] kept(boolean everything) {
        int at = tiff.getInt(4);
        List<Entry> main = entries(at, everything ? null : TECHNICAL_MAIN);
        List<Entry> exif = entries(pointer(at, TAG_EXIF), everything ? null : TECHNICAL_EXIF);
        List<Entry> gps = everything ? entries(pointer(at, TAG_GPS), null) : List.of();
        if (leftOut.equals(OF_THE_FILE)) {
            exif.replaceAll(entry -> entry.tag() == TAG_COLOUR_SPACE ? colourSpace() : entry);
        }
        return main.isEmpty() && exif.isEmpty() && gps.isEmpty() ? NONE : written(main, exif, gps);
    }

    private Entry colourSpace() {
        byte[] value = ByteBuffer.allocate(2).order(tiff.order()).putShort(SRGB).array();
        return new Entry(TAG_COLOUR_SPACE, 3, 1, value);
    }

    /** Where the directory that a tag of another points to lies; 0 for none. */
    private int pointer(int directory, int tag) {
        int entries = Math.min(tiff.getShort(directory) & 0xffff, ENTRIES_MAX);
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + ENTRY_BYTES * i;
            if ((tiff.getShort(entry) & 0xffff) == tag) {
                return tiff.getInt(entry + 8);
            }
        }
        return 0;
    }

    /** The sound entries of a directory that are wanted and for which there is room; all that may be kept without a set. */
    private List<Entry> entries(int directory, @org.jspecify.annotations.Nullable Set<Integer> wanted) {
        List<Entry> kept = new ArrayList<>();
        if (directory < 8 || directory > tiff.limit() - 2) {
            return kept;
        }
        int entries = Math.min(tiff.getShort(directory) & 0xffff, ENTRIES_MAX);
        for (int i = 0; i < entries && directory + 2 + ENTRY_BYTES * (i + 1) <= tiff.limit(); i++) {
            int at = directory + 2 + ENTRY_BYTES * i;
            int tag = tiff.getShort(at) & 0xffff;
            int type = tiff.getShort(at + 2) & 0xffff;
            long count = tiff.getInt(at + 4) & 0xffffffffL;
            boolean may = !leftOut.contains(tag) && (wanted == null || wanted.contains(tag));
            if (!may || type == 0 || type >= TYPE_BYTES.length || count == 0 || count > VALUE_BYTES_MAX) {
                continue;
            }
            int length = (int) count * TYPE_BYTES[type];
            long from = length <= 4 ? at + 8 : tiff.getInt(at + 8) & 0xffffffffL;
            boolean twice = kept.stream().anyMatch(other -> other.tag() == tag);
            if (length > VALUE_BYTES_MAX || from + length > tiff.limit() || twice) {
                continue;
            }
            byte[] value = new byte[length];
            tiff.get((int) from, value);
            Entry entry = new Entry(tag, type, (int) count, value);
            if (entry.bytes() <= room) {
                room -= entry.bytes();
                kept.add(entry);
            }
        }
        return kept;
    }

    private byte[] written(List<Entry> main, List<Entry> exif, List<Entry> gps) {
        int pointers = (exif.isEmpty() ? 0 : 1) + (gps.isEmpty() ? 0 : 1);
        int exifAt = 8 + directoryBytes(main) + pointers * ENTRY_BYTES;
        int gpsAt = exifAt + (exif.isEmpty() ? 0 : directoryBytes(exif));
        ByteBuffer out = ByteBuffer.allocate(gpsAt + (gps.isEmpty() ? 0 : directoryBytes(gps)));
        out.order(tiff.order());
        out.putShort((short) (tiff.order() == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4d4d));
        out.putShort((short) 42).putInt(8);
        List<Entry> first = new ArrayList<>(main);
        if (!exif.isEmpty()) {
            first.add(pointerEntry(TAG_EXIF, exifAt));
        }
        if (!gps.isEmpty()) {
            first.add(pointerEntry(TAG_GPS, gpsAt));
        }
        write(out, first);
        if (!exif.isEmpty()) {
            write(out, exif);
        }
        if (!gps.isEmpty()) {
            write(out, gps);
        }
        return out.array();
    }

    private Entry pointerEntry(int tag, int offset) {
        return new Entry(
                tag,
                TYPE_LONG,
                1,
                ByteBuffer.allocate(4).order(tiff.order()).putInt(offset).array());
    }

    private static int directoryBytes(List<Entry> entries) {
        return 2 + entries.stream().mapToInt(Entry::bytes).sum() + 4;
    }

    /** Writes a directory, with its values behind it and none after it. */
    private static void write(ByteBuffer out, List<Entry> entries) {
        int values = out.position() + 2 + ENTRY_BYTES * entries.size() + 4;
        out.putShort((short) entries.size());
        for (Entry entry :
                entries.stream().sorted(Comparator.comparingInt(Entry::tag)).toList()) {
            out.putShort((short) entry.tag()).putShort((short) entry.type()).putInt(entry.count());
            if (entry.value().length <= 4) {
                out.put(entry.value()).position(out.position() + 4 - entry.value().length);
            } else {
                out.putInt(values);
                out.put(values, entry.value());
                values += entry.value().length + (entry.value().length & 1);
            }
        }
        out.putInt(0);
        out.position(values);
    }
}
