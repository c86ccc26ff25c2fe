package dev.rekindle.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.rekindle.common.v1.MediaType;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
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
