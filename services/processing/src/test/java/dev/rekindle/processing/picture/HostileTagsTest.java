package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.processing.TestPhotos;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tags of files that are made to take all memory of whoever reads them. */
@Tag("IMG-09")
@Tag("IMG-10")
class HostileTagsTest {
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
        return ExifTags.read(new ByteArrayInputStream(file), TestPhotos.header(file))
                .toString();
    }

    /** A TIFF structure with many tags, whose values are all the same bytes. */
    private static byte[] tiff(int tags, int valueBytes) {
        int values = 8 + 2 + 12 * (tags + 2) + 4;
        ByteBuffer tiff = ByteBuffer.allocate(values + valueBytes).order(ByteOrder.LITTLE_ENDIAN);
        tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) (tags + 2));
        for (int side = 0x100; side <= 0x101; side++) {
            tiff.putShort((short) side).putShort((short) 4).putInt(1).putInt(64);
        }
        for (int i = 0; i < tags; i++) {
            tiff.putShort((short) (0x010f + i))
                    .putShort((short) 7)
                    .putInt(valueBytes)
                    .putInt(values);
        }
        return tiff.putInt(0).array();
    }

    @Test
    void tags_are_read_and_a_text_of_gigabytes_is_not() throws IOException {
        byte[] bomb = text(2_048);
        assertThat(bomb.length).isLessThan(4 << 20);
        assertThat(tags(png(bomb, exif(), chunk("IDAT", new byte[1])))).contains("Maker-7");
    }

    @Test
    void thousands_of_tags_that_all_are_the_same_megabytes_are_not_copied_for_each() {
        byte[] photo = tiff(1_000, 8 << 20); // 8 GB, were all of them kept
        assertThat(tags(photo)).contains("Image Width").doesNotContain("Make");
        byte[] segment = tiff(1_000, 10_000);
        assertThat(ExifBlock.readable(ByteBuffer.wrap(segment)).length).isBetween(10_000, 64_000);
    }

    @Test
    void a_GIF_of_millions_of_comments_costs_nothing() {
        byte[] comment = {0x21, (byte) 0xfe, 1, 'a', 0};
        byte[] head = {'G', 'I', 'F', '8', '9', 'a', 2, 0, 2, 0, 0, 0, 0};
        byte[] frame = {0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 1, 0, 0, 0x3b};
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(head);
        for (int i = 0; i < 2_000_000; i++) {
            file.writeBytes(comment);
        }
        file.writeBytes(frame);
        assertThat(tags(file.toByteArray())).isEmpty();
    }

    @Test
    void a_caption_of_a_newsroom_is_told() throws IOException {
        byte[] headline = "The old mill".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(segment);
        out.writeBytes("Photoshop 3.0\0" + "8BIM");
        out.writeShort(0x0404);
        out.writeShort(0);
        out.writeInt(5 + headline.length);
        out.write(new byte[] {0x1c, 2, 105, 0, (byte) headline.length});
        out.write(headline);
        out.write(new byte[(5 + headline.length) % 2]);
        byte[] photo = TestPhotos.withSegment(TestPhotos.bytes("coffee"), 0xed, segment.toByteArray());
        assertThat(tags(photo)).contains("Headline", "The old mill");
    }
}
