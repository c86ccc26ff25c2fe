package dev.rekindle.processing.picture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A small ICC profile of four inks. */
final class InkProfile {
    private static final int HEADER_BYTES = 128;
    private static final int INKS = 4;

    private InkProfile() {}

    /** One by which only black takes light away, and cyan, magenta and yellow are water. */
    static byte[] ofBlackAlone() {
        // lut8: tables of 256 for each ink, two points along each of four axes, tables of 256 for each of Lab.
        int corners = 1 << INKS;
        int lutBytes = 48 + 256 * INKS + 3 * corners + 256 * 3;
        int whiteBytes = 20;
        int first = HEADER_BYTES + 4 + 12 * 2;
        ByteBuffer profile = ByteBuffer.allocate(first + whiteBytes + lutBytes);
        profile.putInt(profile.capacity()).position(8);
        profile.putInt(0x02400000).put(ascii("prtrCMYKLab ")).position(36);
        profile.put(ascii("acsp")).position(68);
        white(profile).position(HEADER_BYTES);
        profile.putInt(2);
        profile.put(ascii("wtpt")).putInt(first).putInt(whiteBytes);
        profile.put(ascii("A2B0")).putInt(first + whiteBytes).putInt(lutBytes);
        white(profile.put(ascii("XYZ ")).putInt(0));
        profile.put(ascii("mft1")).putInt(0);
        profile.put((byte) INKS).put((byte) 3).put((byte) 2).put((byte) 0);
        for (int i = 0; i < 9; i++) {
            profile.putInt(i % 4 == 0 ? 0x10000 : 0);
        }
        straight(profile, INKS);
        for (int corner = 0; corner < corners; corner++) {
            // Black, the last ink, changes fastest.
            profile.put((byte) (corner % 2 == 0 ? 255 : 0)).put((byte) 128).put((byte) 128);
        }
        straight(profile, 3);
        return profile.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuffer white(ByteBuffer profile) {
        return profile.putInt(0xf6d6).putInt(0x10000).putInt(0xd32d);
    }

    private static void straight(ByteBuffer profile, int tables) {
        for (int i = 0; i < 256 * tables; i++) {
            profile.put((byte) i);
        }
    }
}
