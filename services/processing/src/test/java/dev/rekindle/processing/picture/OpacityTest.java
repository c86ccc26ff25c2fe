package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC4;
import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.TestPhotos;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpacityTest {
    private static final int SIDE = 20;
    private static final int SHORT = 3;
    private static final int LONG = 4;

    @ParameterizedTest
    @CsvSource({"coffee-clear, 4", "coffee-clear-premultiplied, 5", "coffee-clear-tiles, 4"})
    @Tag("IMG-08")
    void what_is_transparent_in_an_AVIF_lies_on_white(String name, double differenceMax) {
        try (Picture decoded = TestPhotos.decode(TestPhotos.resource("/pictures/" + name + ".avif"));
                Picture expected = TestPhotos.decode(clearing());
                UByteIndexer pixels = decoded.mat().createIndexer()) {
            assertThat(norm(decoded.mat(), expected.mat(), NORM_L1, null) / (256 * 128 * 3))
                    .isLessThan(differenceMax);
            assertThat(pixels.get(64, 1, 0)).isGreaterThan(248);
        }
    }

    @Test
    @Tag("IMG-09")
    void what_says_how_deep_a_picture_is_makes_it_not_transparent() {
        byte[] file = TestPhotos.resource("/pictures/coffee-clear.avif");
        assertThat(TestPhotos.header(file).metadata().getImage().getTransparency())
                .isTrue();
        int at = new String(file, StandardCharsets.ISO_8859_1).indexOf("auxiliary:alpha");
        System.arraycopy("auxiliary:depth".getBytes(StandardCharsets.ISO_8859_1), 0, file, at, 15);
        assertThat(TestPhotos.header(file).metadata().getImage().getTransparency())
                .isFalse();
        try (Picture decoded = TestPhotos.decode(file);
                UByteIndexer pixels = decoded.mat().createIndexer()) {
            assertThat(pixels.get(64, 4, 0)).isLessThan(200);
        }
    }

    /** A colour of 200 that covers half, however it is stored: 100 of it and half of white. */
    @ParameterizedTest
    @CsvSource({"8, 2, 200", "8, 1, 100", "16, 2, 200", "16, 1, 100"})
    @Tag("IMG-06")
    void what_is_half_transparent_in_a_TIFF_lies_on_white(int bits, int extraSample, int stored) {
        try (Picture decoded = TestPhotos.decode(tiff(bits, 4, extraSample, stored));
                UByteIndexer pixels = decoded.mat().createIndexer()) {
            assertThat(pixels.get(10, 10, 0)).isBetween(226, 229);
            assertThat(pixels.get(10, 10, 2)).isBetween(226, 229);
        }
    }

    @Test
    @Tag("IMG-06")
    void a_TIFF_of_floats_is_decoded() {
        try (Picture decoded = TestPhotos.decode(tiff(32, 3, 0, 200));
                UByteIndexer pixels = decoded.mat().createIndexer()) {
            assertThat(pixels.get(10, 10, 1)).isBetween(199, 201);
        }
    }

    /** A PNG that is clear on the left and opaque on the right. */
    private static byte[] clearing() {
        try (Picture coffee = TestPhotos.picture("coffee");
                Mat small = new Mat();
                Mat layered = new Mat(128, 256, CV_8UC4);
                BytePointer png = new BytePointer()) {
            resize(coffee.mat(), small, new Size(256, 128), 0, 0, INTER_AREA);
            try (UByteIndexer from = small.createIndexer();
                    UByteIndexer to = layered.createIndexer()) {
                for (int y = 0; y < 128; y++) {
                    for (int x = 0; x < 256; x++) {
                        for (int channel = 0; channel < 3; channel++) {
                            to.put(y, x, channel, from.get(y, x, channel));
                        }
                        to.put(y, x, 3, x);
                    }
                }
            }
            assertThat(imencode(".png", layered, png)).isTrue();
            byte[] bytes = new byte[(int) png.limit()];
            png.get(bytes);
            return bytes;
        }
    }

    /** An uncompressed TIFF of one colour, 0 to 255; a fourth channel is half open. */
    private static byte[] tiff(int bits, int samples, int extraSample, int colour) {
        int pixels = SIDE * SIDE * samples * bits / 8;
        int directory = 8 + pixels;
        ByteBuffer file = ByteBuffer.allocate(directory + 200).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(directory);
        for (int i = 0; i < SIDE * SIDE * samples; i++) {
            int value = i % samples == 3 ? 128 : colour;
            switch (bits) {
                case 8 -> file.put((byte) value);
                case 16 -> file.putShort((short) (value * 257));
                default -> file.putFloat(value / 255f);
            }
        }
        int[][] tags = {
            {256, LONG, 1, SIDE},
            {257, LONG, 1, SIDE},
            {258, SHORT, samples, directory + 150},
            {259, SHORT, 1, 1},
            {262, SHORT, 1, 2},
            {273, LONG, 1, 8},
            {277, SHORT, 1, samples},
            {278, LONG, 1, SIDE},
            {279, LONG, 1, pixels},
            {338, SHORT, samples - 3, extraSample},
            {339, SHORT, 1, bits == 32 ? 3 : 1},
        };
        file.putShort((short) (samples > 3 ? tags.length : tags.length - 1));
        for (int[] tag : tags) {
            if (tag[2] > 0) {
                file.putShort((short) tag[0])
                        .putShort((short) tag[1])
                        .putInt(tag[2])
                        .putInt(tag[3]);
            }
        }
        file.putInt(0);
        for (int i = 0; i < samples; i++) {
            file.putShort(directory + 150 + 2 * i, (short) bits);
        }
        return file.array();
    }
}
