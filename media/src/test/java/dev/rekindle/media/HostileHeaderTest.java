package dev.rekindle.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekindle.platform.rpc.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("IMG-10")
@Tag("PHO-03")
class HostileHeaderTest {
    static void assertRefused(ThrowingCallable reading, String reason, String words) {
        Throwable thrown = catchThrowable(reading);
        assertThat(thrown).isInstanceOf(Failure.class);
        Failure failure = (Failure) thrown;
        assertThat(failure.reason().name()).isEqualTo("REASON_" + reason);
        assertThat(failure.message()).contains(words);
    }

    private static void assertRefused(byte[] file, String reason, String words) {
        assertRefused(
                () -> MediaHeader.read(ByteSource.ofHead(file, file.length), MediaLimits.photos()), reason, words);
    }

    @Test
    void a_bomb_of_900_megapixels_is_refused_by_its_header_alone() {
        byte[] bomb = Pictures.png(30_000, 30_000, 1, 0)
                .chunk("IDAT", Bytes.deflated(new byte[100_000]))
                .chunk("IEND", new byte[0])
                .done();
        assertThat(bomb.length).isLessThan(4_000);
        assertRefused(bomb, "TOO_MANY_PIXELS", "30000 × 30000 pixels; at most 120000000");
    }

    @Test
    void a_side_longer_than_can_be_warped_is_refused() {
        assertRefused(
                Pictures.png(40_000, 10, 8, 2).chunk("IDAT", new byte[4]).done(), "TOO_MANY_PIXELS", "32767 a side");
    }

    @Test
    void a_picture_without_pixels_is_corrupt() {
        assertRefused(Pictures.png(0, 5, 8, 2).chunk("IDAT", new byte[4]).done(), "CORRUPT_MEDIA", "0 × 5");
    }

    @Test
    void a_chunk_longer_than_the_file_is_refused() {
        byte[] bogus = Pictures.png(10, 10, 8, 2)
                .chunk("IDAT", new byte[10])
                .u32(0x7fff_ffff)
                .text("zTXt")
                .zeros(100)
                .done();
        assertRefused(bogus, "CORRUPT_MEDIA", "\"zTXt\" at byte 55 of the PNG claims 2147483647 bytes");
    }

    @Test
    void a_PNG_whose_header_was_altered_is_refused() {
        byte[] file = Pictures.png(10, 10, 8, 2).chunk("IDAT", new byte[4]).done();
        file[18] = 1;
        assertRefused(file, "CORRUPT_MEDIA", "checksum");
    }

    @Test
    void a_colour_profile_that_inflates_without_end_is_left_out() {
        byte[] bomb = Bytes.bigEndian()
                .text("x\0\0")
                .raw(Bytes.deflated(new byte[8 << 20]))
                .done();
        byte[] file = Pictures.png(10, 10, 8, 2)
                .chunk("iCCP", bomb)
                .chunk("IDAT", new byte[4])
                .done();
        MediaHeader header = MediaHeader.read(ByteSource.ofHead(file, file.length), MediaLimits.photos());
        assertThat(header.iccProfile().isEmpty()).isTrue();
    }

    @Test
    void a_file_cut_inside_its_header_is_corrupt_in_every_format() {
        for (String format : new String[] {"jpg", "png", "gif", "bmp", "tiff"}) {
            byte[] whole = Pictures.encoded(format, 64, 48);
            assertRefused(Arrays.copyOf(whole, 27), "CORRUPT_MEDIA", "");
        }
        assertRefused(Arrays.copyOf(Pictures.jpegTurned(6, 64, 48), 200), "CORRUPT_MEDIA", "truncated");
        byte[] heic = Pictures.bmff("heic", "hvc1", 64, 48, Bytes.bigEndian(), 0);
        assertRefused(Arrays.copyOf(heic, heic.length - 10), "CORRUPT_MEDIA", "claims");
        byte[] webp = Pictures.riff(Bytes.littleEndian().riff("VP8 ", Pictures.vp8(50, 40)));
        assertRefused(Arrays.copyOf(webp, webp.length - 4), "CORRUPT_MEDIA", "truncated");
    }

    @Test
    void a_GIF_of_too_many_frames_is_refused() {
        Bytes gif = Bytes.littleEndian().text("GIF89a").u16(2, 2).u8(0, 0, 0);
        for (int i = 0; i < 1_001; i++) {
            gif.u8(0x2c).u16(0, 0, 2, 2).u8(0).u8(2, 1, 0, 0);
        }
        assertRefused(gif.u8(0x3b).zeros(16).done(), "TOO_MANY_PIXELS", "more than 1000 frames");
    }

    @Test
    void a_GIF_whose_frame_is_larger_than_its_screen_counts_by_the_frame() {
        byte[] gif = Bytes.littleEndian()
                .text("GIF89a")
                .u16(2, 2)
                .u8(0, 0, 0)
                .u8(0x2c)
                .u16(0, 0, 60_000, 60_000)
                .u8(0, 2, 1, 0, 0)
                .u8(0x3b)
                .done();
        assertRefused(gif, "TOO_MANY_PIXELS", "60000 × 60000");
    }

    @ParameterizedTest
    @CsvSource({
        "8, 34925, 1, compressed in a rare way (34925)",
        "32, 1, 1, whole numbers of 32 bits",
        "16, 1, 3, floats of 16 bits",
    })
    @Tag("IMG-01")
    void a_TIFF_of_a_kind_that_nobody_decodes_here_is_called_so_and_not_damaged(
            int bits, int compression, int sampleFormat, String words) {
        byte[] tiff = Bytes.littleEndian()
                .text("II")
                .u16(42)
                .u32(8)
                .u16(5)
                .u16(256, 3)
                .u32(1, 20)
                .u16(257, 3)
                .u32(1, 20)
                .u16(258, 3)
                .u32(1, bits)
                .u16(259, 3)
                .u32(1, compression)
                .u16(339, 3)
                .u32(1, sampleFormat)
                .u32(0)
                .done();
        assertRefused(tiff, "UNSUPPORTED_MEDIA", words);
    }

    @Test
    @Tag("IMG-01")
    void a_BigTIFF_is_told_what_it_is() {
        byte[] file = Bytes.littleEndian().text("II").u16(43, 8, 0).zeros(64).done();
        assertRefused(file, "UNSUPPORTED_MEDIA", "BigTIFF");
    }

    @Test
    void a_TIFF_that_leads_in_a_circle_is_refused() {
        byte[] tiff = Bytes.littleEndian()
                .text("II")
                .u16(42)
                .u32(8)
                .u16(2)
                .u16(256, 3)
                .u32(1, 5)
                .u16(257, 3)
                .u32(1, 5)
                .u32(8)
                .zeros(8)
                .done();
        assertRefused(tiff, "CORRUPT_MEDIA", "circle");
    }

    @Test
    void a_camera_raw_file_is_not_taken_for_its_small_preview() {
        byte[] dng = Bytes.littleEndian()
                .text("II")
                .u16(42)
                .u32(8)
                .u16(3)
                .u16(256, 3)
                .u32(1, 5)
                .u16(257, 3)
                .u32(1, 5)
                .u16(50_706, 1)
                .u32(4, 1)
                .u32(0)
                .done();
        assertRefused(dng, "UNSUPPORTED_MEDIA", "raw picture");
    }

    @Test
    void a_grid_that_contradicts_its_picture_is_refused() {
        byte[] heic = Pictures.bmff("heic", "grid", 1000, 900, Bytes.bigEndian(), 0);
        String text = new String(heic, StandardCharsets.ISO_8859_1);
        heic[text.indexOf("idat") + 7] = 7;
        assertRefused(heic, "CORRUPT_MEDIA", "8 × 2 tiles of which 4 are there");
    }

    @Test
    void a_picture_whose_coded_data_is_nowhere_is_refused() {
        byte[] nothing = Pictures.bmffWithData("avif", "av01", 100, 0);
        assertRefused(nothing, "CORRUPT_MEDIA", "claims 0 bytes at byte 100");
        byte[] beyond = Pictures.bmffWithData("avif", "av01", 60, 100_000);
        assertRefused(beyond, "CORRUPT_MEDIA", "claims 100000 bytes at byte 60");
        byte[] there = Pictures.bmffWithData("avif", "av01", 60, 100);
        assertThat(MediaHeader.read(ByteSource.ofHead(there, there.length), MediaLimits.photos())
                        .storedWidth())
                .isEqualTo(64);
    }

    @Test
    void a_GIF_is_as_large_as_its_screen_whatever_later_frames_ask_for() {
        byte[] gif = Bytes.littleEndian()
                .text("GIF89a")
                .u16(20, 10)
                .u8(0, 0, 0)
                .u8(0x2c)
                .u16(0, 0, 20, 10)
                .u8(0, 2, 1, 0, 0)
                .u8(0x2c)
                .u16(15, 5, 30, 40)
                .u8(0, 2, 1, 0, 0)
                .u8(0x3b)
                .zeros(16)
                .done();
        MediaHeader header = MediaHeader.read(ByteSource.ofHead(gif, gif.length), MediaLimits.photos());
        assertThat(header.storedWidth()).isEqualTo(20);
        assertThat(header.storedHeight()).isEqualTo(10);
        assertThat(header.metadata().getImage().getFrameCount()).isEqualTo(2);
        assertThat(header.pixels()).isEqualTo(200);
        assertThat(header.reach()).as("what decoding takes").isEqualTo(new FrameReach(45, 45));
        assertThat(header.pixelsWithReach()).isEqualTo(45 * 45);
    }

    @Test
    void what_is_no_picture_says_what_is_taken() {
        for (String text :
                new String[] {"<html>", "%PDF-1.7", "PK\u0003\u0004", "hello, I am a text", "BM", "MZ\u0090"}) {
            assertRefused(text.getBytes(StandardCharsets.ISO_8859_1), "UNSUPPORTED_MEDIA", "JPEG, PNG, WebP");
        }
        assertRefused(new byte[0], "CORRUPT_MEDIA", "empty");
    }

    @Test
    void a_picture_that_is_too_small_to_show_anything_is_refused_where_one_is_sent() {
        byte[] file = Pictures.encoded("png", 40, 15);
        MediaLimits sent = new MediaLimits(1 << 20, 1 << 20, MediaLimits.PHOTO_SIDE_MIN, 100, 1);
        assertRefused(
                () -> MediaHeader.read(ByteSource.ofHead(file, file.length), sent),
                "UNSUPPORTED_MEDIA",
                "40 × 15 pixels; a photo has at least 16 on each side");
        MediaHeader made = MediaHeader.read(ByteSource.ofHead(file, file.length), MediaLimits.photos());
        assertThat(made.metadata().getHeight()).isEqualTo(15);
    }

    @Test
    void a_file_larger_than_allowed_is_refused_unread() {
        ByteSource unread = ByteSource.ofRanges((50L << 20) + 1, 1 << 20, (offset, length) -> {
            throw new AssertionError("nothing should be read");
        });
        assertRefused(() -> MediaHeader.read(unread, MediaLimits.photos()), "TOO_LARGE", "52428801 bytes");
    }

    @Test
    void a_store_that_has_less_than_it_said_is_noticed() {
        byte[] file = Pictures.encoded("jpg", 20, 10);
        ByteSource lying = ByteSource.ofRanges(
                file.length, 1 << 20, (offset, length) -> Arrays.copyOf(file, Math.min(100, file.length)));
        assertRefused(() -> MediaHeader.read(lying, MediaLimits.photos()), "CORRUPT_MEDIA", "ends at byte 100");
    }
}
