package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.processing.TestPhotos;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tags of PNGs, whose texts may be far larger than they look. */
@Tag("IMG-10")
@Tag("PHO-03")
class PngTagsTest {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte[] HEADER = {0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0};

    private static byte[] chunk(String type, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 checksum = new CRC32();
        checksum.update(name);
        checksum.update(content);
        out.writeInt(content.length);
        out.write(name);
        out.write(content);
        out.writeInt((int) checksum.getValue());
        return bytes.toByteArray();
    }

    /** A text of so many mebibytes of zeros. */
    private static byte[] text(int mebibytes) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(new byte[] {'x', 0, 0});
        try (DeflaterOutputStream deflating = new DeflaterOutputStream(content)) {
            for (int i = 0; i < mebibytes; i++) {
                deflating.write(new byte[1 << 20]);
            }
        }
        return chunk("zTXt", content.toByteArray());
    }

    private static byte[] exif() throws IOException {
        byte[] segment = TestPhotos.exif(1);
        return chunk("eXIf", Arrays.copyOfRange(segment, 6, segment.length));
    }

    private static byte[] png(byte[]... chunks) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(SIGNATURE);
        file.writeBytes(chunk("IHDR", HEADER));
        for (byte[] chunk : chunks) {
            file.writeBytes(chunk);
        }
        file.writeBytes(chunk("IEND", new byte[0]));
        return file.toByteArray();
    }

    private static String tags(byte[] file) {
        return ExifTags.read(new ByteArrayInputStream(file), file.length).toString();
    }

    @Test
    void tags_are_read_and_a_text_of_gigabytes_is_not() throws IOException {
        byte[] bomb = text(2_048);
        assertThat(bomb.length).isLessThan(4 << 20);
        assertThat(tags(png(bomb, exif()))).contains("Maker-7");
    }

    @Test
    void a_file_that_breaks_off_has_the_tags_that_came_before() throws IOException {
        byte[] whole = png(exif(), text(1));
        assertThat(tags(Arrays.copyOf(whole, whole.length - 30))).contains("Maker-7");
        for (int length = 0; length < 60; length++) {
            assertThat(tags(Arrays.copyOf(whole, length))).isEmpty();
        }
    }

    @Test
    void lengths_that_are_none_end_it() throws IOException {
        byte[] endless = {-1, -1, -1, -1, 'e', 'X', 'I', 'f', 1, 2, 3};
        assertThat(tags(png(endless, exif()))).isEmpty();
    }

    @Test
    void what_is_no_PNG_is_left_as_it_is() throws IOException {
        byte[] photo = TestPhotos.bytes("coffee");
        assertThat(PngTags.of(new ByteArrayInputStream(photo)).readAllBytes()).isEqualTo(photo);
    }
}
