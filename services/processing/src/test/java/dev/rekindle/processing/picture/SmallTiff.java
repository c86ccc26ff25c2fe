package dev.rekindle.processing.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An uncompressed TIFF of 16 × 16 pixels of one colour. */
final class SmallTiff {
    private static final int SIDE = 16;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int UNDEFINED = 7;

    private SmallTiff() {}

    /**
     * The file.
     *
     * @param bits of a channel: 2, 4, 8 or 16
     * @param photometric 1 for grey, 5 for inks
     * @param pixel its channels, of at most eight bits
     * @param profile empty for none
     */
    static byte[] of(int bits, int photometric, int[] pixel, byte[] profile) {
        int bytes = SIDE * SIDE * pixel.length * bits / 8;
        int directory = 8 + bytes;
        int depths = directory + 200;
        ByteBuffer file = ByteBuffer.allocate(depths + 8 + profile.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(directory);
        while (file.position() < directory) {
            for (int value : pixel) {
                switch (bits) {
                    case 16 -> file.putShort((short) (value * 257));
                    case 8 -> file.put((byte) value);
                    case 4 -> file.put((byte) (value * 0x11));
                    default -> file.put((byte) (value * 0x55));
                }
            }
        }
        int[][] tags = {
            {256, LONG, 1, SIDE},
            {257, LONG, 1, SIDE},
            {258, SHORT, pixel.length, pixel.length > 2 ? depths : bits},
            {259, SHORT, 1, 1},
            {262, SHORT, 1, photometric},
            {273, LONG, 1, 8},
            {277, SHORT, 1, pixel.length},
            {278, LONG, 1, SIDE},
            {279, LONG, 1, bytes},
            {34_675, UNDEFINED, profile.length, depths + 8},
        };
        int count = profile.length > 0 ? tags.length : tags.length - 1;
        file.putShort((short) count);
        for (int i = 0; i < count; i++) {
            file.putShort((short) tags[i][0])
                    .putShort((short) tags[i][1])
                    .putInt(tags[i][2])
                    .putInt(tags[i][3]);
        }
        file.putInt(0).position(depths);
        for (int i = 0; i < 4; i++) {
            file.putShort((short) bits);
        }
        return file.put(profile).array();
    }
}
