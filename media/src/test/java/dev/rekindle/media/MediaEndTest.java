package dev.rekindle.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.rekindle.common.v1.MediaType;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("PHO-03")
class MediaEndTest {
    private static void require(MediaType type, byte[] file) throws Exception {
        MediaEnd.require(type, new ByteArrayInputStream(file));
    }

    @ParameterizedTest
    @CsvSource({"jpg, MEDIA_TYPE_JPEG", "png, MEDIA_TYPE_PNG"})
    void a_whole_picture_is_taken_and_one_cut_off_anywhere_is_refused(String format, MediaType type) throws Exception {
        byte[] file = Pictures.encoded(format, 200, 150);
        require(type, file);
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] cut = Arrays.copyOf(file, random.nextInt(file.length));
            HostileHeaderTest.assertRefused(() -> require(type, cut), "CORRUPT_MEDIA", "truncated");
        }
    }

    @ParameterizedTest
    @CsvSource({"jpg, MEDIA_TYPE_JPEG", "png, MEDIA_TYPE_PNG"})
    void a_digest_of_the_stream_sees_every_byte(String format, MediaType type) throws Exception {
        byte[] file = Pictures.encoded(format, 200, 150);
        MessageDigest seen = MessageDigest.getInstance("SHA-256");
        InputStream in = new BufferedInputStream(new DigestInputStream(new ByteArrayInputStream(file), seen));
        MediaEnd.require(type, in);
        in.transferTo(OutputStream.nullOutputStream());
        assertThat(seen.digest()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(file));
    }

    @Test
    void what_a_camera_writes_behind_the_end_does_not_matter() throws Exception {
        byte[] file = Pictures.encoded("jpg", 20, 20);
        require(MediaType.MEDIA_TYPE_JPEG, Arrays.copyOf(file, file.length + 1000));
    }

    @Test
    void an_end_marker_within_a_thumbnail_of_a_segment_is_not_the_end() {
        byte[] thumbnail = Bytes.bigEndian().u8(0xff, 0xd8, 0xff, 0xd9).done();
        byte[] file = Pictures.jpegWith(0xe5, thumbnail, 20, 20);
        assertThatNoException().isThrownBy(() -> require(MediaType.MEDIA_TYPE_JPEG, file));
        byte[] cut = Arrays.copyOf(file, file.length - 2);
        HostileHeaderTest.assertRefused(
                () -> require(MediaType.MEDIA_TYPE_JPEG, cut), "CORRUPT_MEDIA", "The JPEG ends in the middle");
    }

    /** The same file with other sides in its frame header. */
    private static byte[] claiming(byte[] jpeg, int width, int height) {
        byte[] lying = jpeg.clone();
        int at = 2;
        while ((lying[at + 1] & 0xff) < 0xc0 || (lying[at + 1] & 0xff) > 0xc2) {
            at += 2 + ((lying[at + 2] & 0xff) << 8 | (lying[at + 3] & 0xff));
        }
        ByteBuffer.wrap(lying).putShort(at + 5, (short) height).putShort(at + 7, (short) width);
        return lying;
    }

    private static byte[] jpeg(BufferedImage picture, boolean progressive, boolean optimized) throws Exception {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            JPEGImageWriteParam how = (JPEGImageWriteParam) writer.getDefaultWriteParam();
            how.setOptimizeHuffmanTables(optimized);
            how.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), how);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"false, 600", "true, 1200"})
    void a_JPEG_that_claims_more_pixels_than_its_data_can_hold_is_damaged(boolean progressive, int side)
            throws Exception {
        BufferedImage photo = new BufferedImage(side, side * 2 / 3, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            photo.setRGB(random.nextInt(side), random.nextInt(side * 2 / 3), random.nextInt());
        }
        byte[] honest = jpeg(photo, progressive, false);
        require(MediaType.MEDIA_TYPE_JPEG, honest);
        HostileHeaderTest.assertRefused(
                () -> require(MediaType.MEDIA_TYPE_JPEG, claiming(honest, 9_000, 9_000)),
                "CORRUPT_MEDIA",
                "The JPEG claims 9000 × 9000 pixels, but ");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "7, 9", "17, 16", "640, 480", "4000, 3000"})
    void nothing_that_an_encoder_writes_is_too_little_even_of_one_colour_and_with_the_shortest_codes(
            int width, int height) throws Exception {
        for (int kind : List.of(BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY)) {
            BufferedImage blank = new BufferedImage(width, height, kind);
            for (boolean progressive : List.of(true, false)) {
                require(MediaType.MEDIA_TYPE_JPEG, jpeg(blank, progressive, progressive));
                require(MediaType.MEDIA_TYPE_JPEG, jpeg(blank, progressive, true));
            }
        }
    }

    @Test
    @Tag("IMG-10")
    void a_JPEG_of_more_scans_than_honest_ones_have_is_refused_and_told_how_many() throws Exception {
        require(MediaType.MEDIA_TYPE_JPEG, Pictures.jpegOfScans(MediaLimits.SCANS_MAX));
        byte[] bomb = Pictures.jpegOfScans(2_000);
        HostileHeaderTest.assertRefused(
                () -> require(MediaType.MEDIA_TYPE_JPEG, bomb),
                "TOO_MANY_PIXELS",
                "The JPEG has 2000 scans; at most 200 are allowed.");
    }

    @Test
    @Tag("IMG-10")
    void what_looks_like_a_scan_within_a_segment_or_within_coded_data_is_none() throws Exception {
        Bytes looksLike = Bytes.bigEndian();
        for (int i = 0; i < 5_000; i++) {
            looksLike.u8(0xff, 0xda, 0, 8);
        }
        require(MediaType.MEDIA_TYPE_JPEG, Pictures.jpegWith(0xe5, looksLike.done(), 20, 20));
        Bytes restarts = Bytes.bigEndian();
        for (int i = 0; i < 5_000; i++) {
            restarts.u8(0xff, 0xd0 + i % 8, 0xda, 0xff, 0);
        }
        byte[] file = Pictures.encoded("jpg", 20, 20);
        byte[] restarted = Bytes.bigEndian()
                .raw(Arrays.copyOf(file, file.length - 2))
                .raw(restarts.done())
                .u8(0xff, 0xd9)
                .done();
        require(MediaType.MEDIA_TYPE_JPEG, restarted);
    }

    @Test
    void types_without_a_mark_are_left_to_their_header() throws Exception {
        require(MediaType.MEDIA_TYPE_WEBP, new byte[0]);
    }
}
