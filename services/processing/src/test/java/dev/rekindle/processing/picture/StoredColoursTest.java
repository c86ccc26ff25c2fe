package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.pipeline.Stop;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kinds of pixels that decoders take wrongly or not at all. */
class StoredColoursTest {
    private static final int WHITE = 0xffffff;
    private static final int GREEN = 0x20c040;
    private static final int SIDE = 16;
    private static final int GREY = 0;
    private static final int GREY_ALPHA = 4;
    private static final int RGBA = 6;

    @TempDir
    private Path folder;

    /** The colour of a pixel, 0xRRGGBB, of a file laid on that colour. */
    private int colour(byte[] file, int background, int x, int y) {
        try {
            Path path = Files.write(folder.resolve("stored"), file);
            try (Picture decoded = PictureDecoder.decode(path, TestPhotos.header(file), 0, background, new Stop());
                    UByteIndexer pixels = decoded.mat().createIndexer()) {
                return pixels.get(y, x, 2) << 16 | pixels.get(y, x, 1) << 8 | pixels.get(y, x, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int grey(int level) {
        return level << 16 | level << 8 | level;
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] content) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + content.length).putInt(content.length);
        chunk.put(type.getBytes(StandardCharsets.ISO_8859_1)).put(content);
        CRC32 sum = new CRC32();
        sum.update(chunk.array(), 4, content.length + 4);
        png.writeBytes(chunk.putInt((int) sum.getValue()).array());
    }

    private static byte[] deflated(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
            deflater.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A PNG of 16 × 16 pixels whose rows are all alike; chunks are type and content by turns. */
    private static byte[] png(int bits, int colourType, byte[] row, Object... chunks) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer head = ByteBuffer.allocate(13).putInt(SIDE).putInt(SIDE);
        chunk(png, "IHDR", head.put((byte) bits).put((byte) colourType).array());
        for (int i = 0; i < chunks.length; i += 2) {
            chunk(png, (String) chunks[i], (byte[]) chunks[i + 1]);
        }
        ByteBuffer rows = ByteBuffer.allocate(SIDE * (row.length + 1));
        for (int y = 0; y < SIDE; y++) {
            rows.put((byte) 0).put(row);
        }
        chunk(png, "IDAT", deflated(rows.array()));
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static byte[] row(int... pixel) {
        ByteBuffer row = ByteBuffer.allocate(SIDE * pixel.length);
        for (int x = 0; x < SIDE; x++) {
            for (int value : pixel) {
                row.put((byte) value);
            }
        }
        return row.array();
    }

    private static byte[] iccp(int space) {
        return iccp(ICC_Profile.getInstance(space).getData());
    }

    private static byte[] iccp(byte[] profile) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes("profile\0\0".getBytes(StandardCharsets.ISO_8859_1));
        chunk.writeBytes(deflated(profile));
        return chunk.toByteArray();
    }

    @Test
    @Tag("IMG-06")
    void a_profile_of_greys_is_applied() {
        // Linear light: a stored value of 55 means a middle grey, 128 in sRGB.
        byte[] file = png(8, GREY, row(55), "iCCP", iccp(ColorSpace.CS_GRAY));
        assertThat(colour(file, WHITE, 5, 5) & 0xff).isBetween(125, 131);
    }

    /** A profile without one of its parts: its name in the list of parts is another. */
    private static byte[] without(String part, byte[] profile) {
        String text = new String(profile, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(part);
        return text.replace(part, "none").getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    @Tag("IMG-06")
    void a_profile_that_lacks_what_colours_are_reckoned_with_is_left_out() {
        byte[] greys =
                without("kTRC", ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData());
        assertThat(colour(png(8, GREY, row(55), "iCCP", iccp(greys)), WHITE, 5, 5))
                .isEqualTo(grey(55));
        byte[] colours = without(
                "rTRC", ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData());
        assertThat(colour(png(8, RGBA, row(55, 55, 55, 255), "iCCP", iccp(colours)), WHITE, 5, 5))
                .isEqualTo(grey(55));
        byte[] inks = without("A2B0", InkProfile.ofBlackAlone());
        assertThat(colour(SmallTiff.of(8, 5, new int[] {255, 0, 0, 0}, inks), WHITE, 5, 5))
                .isEqualTo(0x00ffff);
    }

    @Test
    @Tag("IMG-06")
    @Tag("IMG-08")
    void the_background_is_sRGB_whatever_the_profile_of_the_photo() {
        byte[] profile = iccp(ColorSpace.CS_LINEAR_RGB);
        assertThat(colour(png(8, RGBA, row(55, 55, 55, 0), "iCCP", profile), GREEN, 5, 5))
                .isEqualTo(GREEN);
        assertThat(colour(png(8, RGBA, row(55, 55, 55, 255), "iCCP", profile), GREEN, 5, 5) & 0xff)
                .isBetween(125, 131);
    }

    @Test
    @Tag("IMG-06")
    void greys_of_sixteen_bits_that_are_half_transparent_lie_on_white() {
        // 0x5da0 is 93.3 of 255, and half of that and half of white 173.8.
        byte[] file = png(16, GREY_ALPHA, row(0x5d, 0xa0, 0x80, 0x00));
        assertThat(colour(file, WHITE, 5, 5) & 0xff).isBetween(173, 175);
        assertThat(colour(png(16, GREY_ALPHA, row(0x5d, 0xa0, 0xff, 0xff)), WHITE, 5, 5) & 0xff)
                .isEqualTo(93);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1", "2, 1, 2", "4, 7, 9", "8, 60, 61"})
    @Tag("IMG-08")
    void the_grey_that_a_PNG_calls_transparent_shows_the_background(int bits, int clear, int other) {
        int each = 0;
        int rest = 0;
        for (int at = 0; at < 8; at += bits) {
            each = (each << bits) | clear;
            rest = (rest << bits) | other;
        }
        byte[] key = {0, (byte) clear};
        byte[] row = new byte[SIDE * bits / 8];
        java.util.Arrays.fill(row, (byte) each);
        assertThat(colour(png(bits, GREY, row, "tRNS", key), GREEN, 5, 5)).isEqualTo(GREEN);
        java.util.Arrays.fill(row, (byte) rest);
        assertThat(colour(png(bits, GREY, row, "tRNS", key), GREEN, 5, 5))
                .isEqualTo(grey(other * 255 / ((1 << bits) - 1)));
    }

    @Test
    @Tag("IMG-08")
    void so_does_a_grey_of_sixteen_bits_and_no_other() {
        byte[] key = {0x5d, (byte) 0xa0};
        assertThat(colour(png(16, GREY, row(0x5d, 0xa0), "tRNS", key), GREEN, 5, 5))
                .isEqualTo(GREEN);
        assertThat(colour(png(16, GREY, row(0x5d, 0xa1), "tRNS", key), GREEN, 5, 5))
                .isEqualTo(grey(93));
    }

    /** A BMP of 16 × 16 pixels. */
    private static byte[] bmp(int headerBytes, int bits, int compression, int[] masks, byte[] palette, byte[] pixels) {
        int beside = headerBytes == 40 ? 4 * masks.length : 0;
        int at = 14 + headerBytes + beside + palette.length;
        ByteBuffer bmp = ByteBuffer.allocate(at + pixels.length).order(ByteOrder.LITTLE_ENDIAN);
        bmp.put((byte) 'B').put((byte) 'M').putInt(at + pixels.length).putInt(0).putInt(at);
        bmp.putInt(headerBytes).putInt(SIDE).putInt(SIDE).putShort((short) 1).putShort((short) bits);
        bmp.putInt(compression)
                .putInt(pixels.length)
                .putInt(0)
                .putInt(0)
                .putInt(palette.length / 4)
                .putInt(0);
        for (int mask : masks) {
            bmp.putInt(mask);
        }
        bmp.position(at - palette.length);
        return bmp.put(palette).put(pixels).array();
    }

    private static byte[] pixels(int bytes, int value) {
        ByteBuffer pixels = ByteBuffer.allocate(SIDE * SIDE * bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (pixels.hasRemaining()) {
            if (bytes == 2) {
                pixels.putShort((short) value);
            } else {
                pixels.putInt(value);
            }
        }
        return pixels.array();
    }

    @Test
    @Tag("IMG-01")
    void a_BMP_of_sixteen_bits_is_as_light_as_it_was() {
        byte[] none = {};
        assertThat(colour(bmp(40, 16, 0, new int[0], none, pixels(2, 0x7fff)), GREEN, 5, 5))
                .isEqualTo(WHITE);
        int[] sixOfGreen = {0xf800, 0x07e0, 0x001f};
        assertThat(colour(bmp(40, 16, 3, sixOfGreen, none, pixels(2, 0xffff)), GREEN, 5, 5))
                .isEqualTo(WHITE);
        assertThat(colour(bmp(40, 16, 3, sixOfGreen, none, pixels(2, 0xf800)), GREEN, 5, 5))
                .isEqualTo(0xff0000);
    }

    @Test
    @Tag("IMG-01")
    void the_masks_of_a_BMP_say_where_its_colours_are() {
        int[] masks = {0xff000000, 0x00ff0000, 0x0000ff00};
        assertThat(colour(bmp(40, 32, 3, masks, new byte[0], pixels(4, 0x10203000)), WHITE, 5, 5))
                .isEqualTo(0x102030);
    }

    @Test
    @Tag("IMG-08")
    void what_is_transparent_in_a_BMP_shows_the_background() {
        int[] masks = {0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000, 0x73524742};
        byte[] none = {};
        assertThat(colour(bmp(124, 32, 3, masks, none, pixels(4, 0x80ffffff)), 0, 5, 5))
                .isEqualTo(grey(128));
        // Nobody stores a picture of nothing: the channel was left unfilled.
        assertThat(colour(bmp(124, 32, 3, masks, none, pixels(4, 0x00102030)), WHITE, 5, 5))
                .isEqualTo(0x102030);
    }

    @Test
    @Tag("IMG-01")
    void a_compressed_BMP_may_say_where_each_row_ends() {
        byte[] palette = {0, 0, 0, 0, (byte) 0xff, 0, 0, 0, 0, (byte) 0xff, 0, 0};
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        for (int y = 0; y < SIDE; y++) {
            pixels.writeBytes(new byte[] {(byte) (SIDE - 5), 1, 0, 5, 2, 2, 2, 2, 2, 0, 0, 0});
        }
        pixels.writeBytes(new byte[] {0, 1});
        byte[] file = bmp(40, 8, 1, new int[0], palette, pixels.toByteArray());
        assertThat(colour(file, WHITE, 10, 15)).isEqualTo(0x0000ff);
        assertThat(colour(file, WHITE, 11, 0)).isEqualTo(0x00ff00);
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "16, 8", "8, 0", "16, 0"})
    @Tag("IMG-06")
    void inks_of_a_TIFF_become_what_their_profile_says(int bits, int profileBytes) {
        byte[] profile = profileBytes > 0 ? InkProfile.ofBlackAlone() : new byte[0];
        // All of cyan and a half of black.
        byte[] file = SmallTiff.of(bits, 5, new int[] {255, 0, 0, 128}, profile);
        int rgb = colour(file, WHITE, 5, 5);
        if (profile.length > 0) {
            assertThat(rgb >> 16).as("by a profile that knows black alone").isBetween(100, 160);
            assertThat(rgb >> 16).isCloseTo(rgb & 0xff, org.assertj.core.data.Offset.offset(3));
        } else {
            assertThat(rgb >> 16).as("without a profile").isZero();
            assertThat(rgb & 0xff).isBetween(126, 128);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    @Tag("IMG-01")
    void a_grey_TIFF_of_few_bits_is_decoded(int bits) {
        int most = (1 << bits) - 1;
        assertThat(colour(SmallTiff.of(bits, 1, new int[] {most - 1}, new byte[0]), WHITE, 5, 5))
                .isEqualTo(grey((most - 1) * 255 / most));
    }

    @ParameterizedTest
    @ValueSource(strings = {"grey-studio", "grey-studio-ten-bits"})
    @Tag("IMG-01")
    void the_greys_of_an_AVIF_reach_from_black_to_white_if_stored_from_16_to_235(String name) {
        try (Picture coffee = TestPhotos.picture("coffee");
                Picture decoded = TestPhotos.decode(TestPhotos.resource("/pictures/" + name + ".avif"));
                Mat expected = new Mat()) {
            resize(coffee.mat(), expected, new Size(96, 64), 0, 0, INTER_AREA);
            cvtColor(expected, expected, COLOR_BGR2GRAY);
            cvtColor(expected, expected, COLOR_GRAY2BGR);
            assertThat(norm(decoded.mat(), expected, NORM_L1, null) / (96 * 64 * 3))
                    .isLessThan(4);
        }
    }
}
