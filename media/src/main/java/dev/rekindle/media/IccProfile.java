package dev.rekindle.media;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The name an ICC profile gives itself. */
final class IccProfile {
    private static final int HEADER_BYTES = 128;
    private static final int TAGS_MAX = 200;
    private static final int NAME_CHARS_MAX = 200;
    private static final int TAG_DESCRIPTION = 0x64657363; // desc
    private static final int TYPE_TEXT = 0x64657363; // desc, version 2
    private static final int TYPE_LOCALIZED = 0x6d6c7563; // mluc, version 4

    private IccProfile() {}

    /** The description of a profile; "unnamed" where it has none that can be read, empty where there is no profile. */
    static String describe(byte[] profile) {
        if (profile.length == 0) {
            return "";
        }
        try {
            String name = find(ByteBuffer.wrap(profile)).strip();
            return name.isEmpty() ? "unnamed" : name.substring(0, Math.min(name.length(), NAME_CHARS_MAX));
        } catch (IndexOutOfBoundsException e) {
            return "unnamed";
        }
    }

    private static String find(ByteBuffer profile) {
        int tags = Math.clamp(profile.getInt(HEADER_BYTES), 0, TAGS_MAX);
        for (int tag = 0; tag < tags; tag++) {
            int entry = HEADER_BYTES + 4 + 12 * tag;
            if (profile.getInt(entry) == TAG_DESCRIPTION) {
                return read(profile, profile.getInt(entry + 4));
            }
        }
        return "";
    }

    private static String read(ByteBuffer profile, int offset) {
        return switch (profile.getInt(offset)) {
            case TYPE_TEXT -> text(profile, offset + 12, profile.getInt(offset + 8) - 1, StandardCharsets.US_ASCII);
            case TYPE_LOCALIZED ->
                text(
                        profile,
                        offset + profile.getInt(offset + 24),
                        profile.getInt(offset + 20),
                        StandardCharsets.UTF_16BE);
            default -> "";
        };
    }

    private static String text(ByteBuffer profile, int offset, int length, java.nio.charset.Charset charset) {
        byte[] bytes = new byte[Math.clamp(length, 0, 2 * NAME_CHARS_MAX)];
        profile.get(offset, bytes);
        String text = new String(bytes, charset);
        int end = text.indexOf('\0');
        return (end < 0 ? text : text.substring(0, end)).replaceAll("\\p{Cntrl}", "");
    }
}
