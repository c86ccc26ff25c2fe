package dev.rekindle.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("IMG-01")
@Tag("PHO-03")
class MediaHeaderTest {
    private static MediaHeader read(byte[] file) {
        return MediaHeader.read(ByteSource.ofHead(file, file.length), MediaLimits.photos());
    }

    @ParameterizedTest
    @CsvSource({"jpg, JPEG, RGB", "png, PNG, RGB", "gif, GIF, palette", "bmp, BMP, RGB", "tiff, TIFF, RGB"})
    void the_header_of_each_format_the_JDK_writes_is_read(String format, String type, String mode) {
        MediaHeader header = read(Pictures.encoded(format, 37, 21));
        assertThat(header.metadata().getType()).isEqualTo(MediaType.valueOf("MEDIA_TYPE_" + type));
        assertThat(header.metadata().getWidth()).isEqualTo(37);
        assertThat(header.metadata().getHeight()).isEqualTo(21);
        assertThat(header.metadata().getImage().getColourMode()).isEqualTo(mode);
        assertThat(header.metadata().getImage().getFrameCount()).isEqualTo(1);
        assertThat(header.metadata().getImage().getBitDepth()).isEqualTo(8);
        assertThat(header.isImage()).isTrue();
        assertThat(header.pixels()).isEqualTo(37 * 21);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    @Tag("IMG-04")
    void orientation_swaps_the_sides_it_should(int code) {
        MediaHeader header = read(Pictures.jpegTurned(code, 40, 30));
        assertThat(header.orientation().code()).isEqualTo(code);
        assertThat(header.metadata().getImage().getOrientation()).isEqualTo(code);
        assertThat(header.metadata().getWidth()).isEqualTo(code >= 5 ? 30 : 40);
        assertThat(header.metadata().getHeight()).isEqualTo(code >= 5 ? 40 : 30);
        assertThat(header.storedWidth()).isEqualTo(40);
        assertThat(header.metadata().getImage().getDpiX()).isEqualTo(300);
    }

    @Test
    void an_orientation_that_means_nothing_is_upright() {
        assertThat(read(Pictures.jpegTurned(9, 40, 30)).orientation()).isEqualTo(Orientation.UPRIGHT);
    }

    @Test
    @Tag("IMG-06")
    void a_colour_profile_in_several_parts_is_put_together() {
        byte[] profile = Bytes.bigEndian()
                .zeros(128)
                .u32(1)
                .text("desc")
                .u32(144, 40)
                .text("desc")
                .u32(0, 10)
                .text("Test RGB!\0")
                .zeros(20)
                .done();
        byte[] first = Arrays.copyOf(profile, 100);
        byte[] second = Arrays.copyOfRange(profile, 100, profile.length);
        byte[] inner = Pictures.jpegWith(
                0xe2,
                Bytes.bigEndian().text("ICC_PROFILE\0").u8(2, 2).raw(second).done(),
                8,
                8);
        byte[] segment =
                Bytes.bigEndian().text("ICC_PROFILE\0").u8(1, 2).raw(first).done();
        byte[] file = Bytes.bigEndian()
                .u8(0xff, 0xd8, 0xff, 0xe2)
                .u16(segment.length + 2)
                .raw(segment)
                .raw(Arrays.copyOfRange(inner, 2, inner.length))
                .done();
        MediaHeader header = read(file);
        assertThat(header.iccProfile().toByteArray()).isEqualTo(profile);
        assertThat(header.metadata().getImage().getIccProfile()).isEqualTo("Test RGB!");
    }

    @Test
    void a_PNG_tells_depth_frames_profile_and_orientation() {
        byte[] iccp = Bytes.bigEndian()
                .text("name\0\0")
                .raw(Bytes.deflated(new byte[300]))
                .done();
        byte[] file = Pictures.png(11, 7, 16, 6)
                .chunk("iCCP", iccp)
                .chunk("acTL", Bytes.bigEndian().u32(5, 0).done())
                .chunk("IDAT", new byte[4])
                .chunk("eXIf", Bytes.exif(6))
                .chunk("IEND", new byte[0])
                .done();
        MediaHeader header = read(file);
        assertThat(header.metadata().getWidth()).isEqualTo(7);
        assertThat(header.metadata().getImage().getBitDepth()).isEqualTo(16);
        assertThat(header.metadata().getImage().getTransparency()).isTrue();
        assertThat(header.metadata().getImage().getFrameCount()).isEqualTo(5);
        assertThat(header.metadata().getImage().getIccProfile()).isEqualTo("unnamed");
        assertThat(header.iccProfile().size()).isEqualTo(300);
    }

    @Test
    void a_WebP_of_each_kind_is_read() {
        byte[] lossy = Pictures.riff(Bytes.littleEndian().riff("VP8 ", Pictures.vp8(50, 40)));
        assertThat(read(lossy).metadata().getWidth()).isEqualTo(50);
        byte[] lossless = Pictures.riff(Bytes.littleEndian()
                .riff(
                        "VP8L",
                        Bytes.littleEndian()
                                .u8(0x2f)
                                .u32(49 | 39 << 14 | 1 << 28)
                                .done()));
        assertThat(read(lossless).metadata().getHeight()).isEqualTo(40);
        assertThat(read(lossless).metadata().getImage().getTransparency()).isTrue();
        byte[] frame = Bytes.littleEndian().zeros(6).u24(49).u24(39).zeros(8).done();
        byte[] animated = Pictures.riff(Bytes.littleEndian()
                .riff("VP8X", Pictures.vp8x(0x12, 50, 40))
                .riff("ANMF", frame)
                .riff("ANMF", frame)
                .riff("EXIF", Bytes.exif(8)));
        assertThat(read(animated).metadata().getImage().getFrameCount()).isEqualTo(2);
        assertThat(read(animated).metadata().getWidth()).isEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource({"heic, hvc1, HEIC, HEVC", "avif, av01, AVIF, AV1"})
    void a_HEIC_and_an_AVIF_are_read(String brand, String item, String type, String compression) {
        Bytes turn = Bytes.bigEndian().box("irot", Bytes.bigEndian().u8(3));
        MediaHeader header = read(Pictures.bmff(brand, item, 64, 48, turn, 1));
        assertThat(header.metadata().getType()).isEqualTo(MediaType.valueOf("MEDIA_TYPE_" + type));
        assertThat(header.metadata().getWidth()).isEqualTo(48);
        assertThat(header.orientation()).isEqualTo(Orientation.ROTATED_90);
        assertThat(header.metadata().getImage().getCompression()).isEqualTo(compression);
        assertThat(header.grid()).isNull();
    }

    @Test
    void a_HEIC_of_tiles_tells_its_grid() {
        MediaHeader header = read(Pictures.bmff("heic", "grid", 1000, 900, Bytes.bigEndian(), 0));
        assertThat(header.grid()).isEqualTo(new TileGrid(2, 2, 1000, 900));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 4", "0, 1, 2", "1, 0, 5", "1, 1, 7", "3, 0, 7", "3, 1, 5"})
    @Tag("IMG-04")
    void turning_and_then_mirroring_in_a_HEIC_is_one_of_the_eight(int turns, int axis, int code) {
        Bytes both = Bytes.bigEndian()
                .box("irot", Bytes.bigEndian().u8(turns))
                .box("imir", Bytes.bigEndian().u8(axis));
        assertThat(read(Pictures.bmff("heic", "hvc1", 64, 48, both, 2))
                        .orientation()
                        .code())
                .isEqualTo(code);
    }

    @Test
    void videos_are_told_by_their_first_bytes() {
        assertThat(typeOf(Bytes.bigEndian()
                        .box("ftyp", Bytes.bigEndian().text("isom").u32(0))))
                .isEqualTo(MediaType.MEDIA_TYPE_MP4);
        assertThat(typeOf(Bytes.bigEndian()
                        .box("ftyp", Bytes.bigEndian().text("qt  ").u32(0))))
                .isEqualTo(MediaType.MEDIA_TYPE_MOV);
        assertThat(typeOf(Bytes.bigEndian().text("RIFF").u32(0).text("AVI LIST")))
                .isEqualTo(MediaType.MEDIA_TYPE_AVI);
        Bytes ebml = Bytes.bigEndian().u8(0x1a, 0x45, 0xdf, 0xa3, 0x9f).u16(0x4282);
        assertThat(typeOf(ebml.u8(0x84).text("webm").zeros(20))).isEqualTo(MediaType.MEDIA_TYPE_WEBM);
    }

    private static MediaType typeOf(Bytes file) {
        MediaHeader header = read(file.done());
        assertThat(header.isImage()).isFalse();
        return header.metadata().getType();
    }

    @Test
    void a_header_far_into_the_file_is_found_by_ranges_and_by_file_but_not_in_the_head(@TempDir Path folder)
            throws IOException {
        byte[] plain = Pictures.encoded("jpg", 20, 10);
        Bytes far = Bytes.bigEndian().u8(0xff, 0xd8);
        for (int i = 0; i < 12; i++) {
            far.u8(0xff, 0xef).u16(65_000).zeros(64_998);
        }
        byte[] file = far.raw(Arrays.copyOfRange(plain, 2, plain.length)).done();
        AtomicInteger fetches = new AtomicInteger();
        ByteSource ranges = ByteSource.ofRanges(file.length, 2 << 20, (offset, length) -> {
            fetches.incrementAndGet();
            return Arrays.copyOfRange(file, (int) offset, (int) offset + length);
        });
        assertThat(MediaHeader.read(ranges, MediaLimits.photos()).metadata().getWidth())
                .isEqualTo(20);
        assertThat(fetches.get()).isLessThanOrEqualTo(13);
        Path path = Files.write(folder.resolve("far"), file);
        assertThat(MediaHeader.read(ByteSource.ofFile(path), MediaLimits.photos())
                        .metadata()
                        .getWidth())
                .isEqualTo(20);
        ByteSource head = ByteSource.ofStream(new ByteArrayInputStream(file), file.length);
        HostileHeaderTest.assertRefused(
                () -> MediaHeader.read(head, MediaLimits.photos()), "UNSUPPORTED_MEDIA", "524288 bytes are searched");
        ByteSource stingy = ByteSource.ofRanges(
                file.length,
                128 << 10,
                (offset, length) -> Arrays.copyOfRange(file, (int) offset, (int) offset + length));
        HostileHeaderTest.assertRefused(
                () -> MediaHeader.read(stingy, MediaLimits.photos()), "UNSUPPORTED_MEDIA", "131072 bytes are searched");
    }

    @Test
    void a_name_in_two_bytes_a_character_is_read() {
        byte[] profile = Bytes.bigEndian()
                .zeros(128)
                .u32(1)
                .text("desc")
                .u32(144, 60)
                .text("mluc")
                .u32(0, 1, 12)
                .text("enUS")
                .u32(10, 28)
                .raw("Día-3".getBytes(StandardCharsets.UTF_16BE))
                .zeros(20)
                .done();
        assertThat(IccProfile.describe(profile)).isEqualTo("Día-3");
    }
}
