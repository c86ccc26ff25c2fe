package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC4;
import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_core.transpose;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("IMG-01")
class PictureDecoderTest {
    /** Mean difference of a channel, in levels. */
    private static double difference(Mat one, Mat other) {
        assertThat(one.cols()).isEqualTo(other.cols());
        assertThat(one.rows()).isEqualTo(other.rows());
        return norm(one, other, NORM_L1, new Mat()) / (3.0 * one.total());
    }

    private static Mat scaled(Picture picture, int width, int height) {
        Mat small = new Mat();
        resize(picture.mat(), small, new Size(width, height), 0, 0, INTER_AREA);
        return small;
    }

    private static byte[] encoded(Mat mat, String extension) {
        try (BytePointer bytes = new BytePointer()) {
            assertThat(imencode(extension, mat, bytes)).isTrue();
            byte[] copy = new byte[(int) bytes.limit()];
            bytes.get(copy);
            return copy;
        }
    }

    /** The stored picture that stands upright once it is turned as the orientation says. */
    private static Mat stored(Mat upright, int orientation) {
        Mat stored = upright.clone();
        switch (orientation) {
            case 2 -> flip(stored, stored, 1);
            case 3 -> flip(stored, stored, -1);
            case 4 -> flip(stored, stored, 0);
            case 5 -> transpose(stored, stored);
            case 6 -> {
                transpose(stored, stored);
                flip(stored, stored, 0);
            }
            case 7 -> {
                transpose(stored, stored);
                flip(stored, stored, -1);
            }
            case 8 -> {
                transpose(stored, stored);
                flip(stored, stored, 1);
            }
            default -> {
                // 1 stands upright already
            }
        }
        return stored;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    @Tag("IMG-04")
    void a_JPEG_of_each_orientation_comes_out_upright(int orientation) {
        try (Picture upright = TestPhotos.picture("coffee")) {
            byte[] jpeg = encoded(stored(upright.mat(), orientation), ".jpg");
            try (Picture decoded =
                    TestPhotos.decode(TestPhotos.withSegment(jpeg, 0xe1, TestPhotos.exif(orientation)))) {
                assertThat(difference(decoded.mat(), upright.mat())).isLessThan(2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    @Tag("IMG-04")
    void a_TIFF_of_each_orientation_comes_out_upright(int orientation) {
        try (Picture upright = TestPhotos.picture("coffee")) {
            byte[] tiff = encoded(stored(upright.mat(), orientation), ".tiff");
            try (Picture decoded = TestPhotos.decode(TiffWithOrientation.of(tiff, orientation))) {
                assertThat(difference(decoded.mat(), upright.mat())).isZero();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({".png, 0", ".bmp, 0", ".tiff, 0", ".webp, 4"})
    void each_format_OpenCV_reads_gives_the_same_picture(String extension, double differenceMax) {
        try (Picture original = TestPhotos.picture("coffee");
                Picture decoded = TestPhotos.decode(encoded(original.mat(), extension))) {
            assertThat(difference(decoded.mat(), original.mat())).isLessThanOrEqualTo(differenceMax);
        }
    }

    @Test
    void a_HEIC_is_decoded() {
        try (Picture original = TestPhotos.picture("coffee");
                Picture decoded = TestPhotos.decode(TestPhotos.resource("/pictures/coffee.heic"))) {
            assertThat(difference(decoded.mat(), scaled(original, 256, 171))).isLessThan(5);
        }
    }

    @Test
    @Tag("IMG-04")
    void the_tiles_of_a_HEIC_are_put_together_and_turned() {
        try (Picture original = TestPhotos.picture("coffee");
                Picture decoded = TestPhotos.decode(TestPhotos.resource("/pictures/coffee-tiles-turned.heic"))) {
            Mat expected = new Mat();
            transpose(scaled(original, 240, 200), expected);
            flip(expected, expected, 1);
            assertThat(difference(decoded.mat(), expected)).isLessThan(6);
        }
    }

    @Test
    @Tag("IMG-04")
    void an_AVIF_is_decoded_turned_and_mirrored() {
        try (Picture original = TestPhotos.picture("coffee");
                Picture decoded = TestPhotos.decode(TestPhotos.resource("/pictures/coffee-turned-mirrored.avif"))) {
            // A quarter anticlockwise and then top to bottom is the same as exchanging rows and columns.
            Mat expected = new Mat();
            transpose(scaled(original, 256, 171), expected);
            assertThat(difference(decoded.mat(), expected)).isLessThan(6);
        }
    }

    @Test
    void a_truncated_HEIC_is_refused() {
        byte[] whole = TestPhotos.resource("/pictures/coffee-tiles-turned.heic");
        assertCorrupt(Arrays.copyOf(whole, 9_000), "truncated or damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"coffee.heic", "coffee-tiles-turned.heic", "tagged.heic"})
    void a_HEIC_of_which_the_second_half_was_never_written_is_refused(String name) {
        byte[] file = TestPhotos.resource("/pictures/" + name);
        Arrays.fill(file, file.length / 2, file.length, (byte) 0);
        assertCorrupt(file, "zeros in its place");
    }

    /** Zeros in the place of a third or half of a file, in its middle and at its end; small files have boxes there. */
    private static void isRefusedWithoutAPart(byte[] file) {
        int length = file.length;
        for (int[] hole : new int[][] {{length / 3, 2 * length / 3}, {2 * length / 3, length}, {length / 2, length}}) {
            byte[] holed = file.clone();
            Arrays.fill(holed, hole[0], hole[1], (byte) 0);
            assertCorrupt(holed, "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"coffee-turned-mirrored.avif", "coffee-tiles.avif", "coffee-svt.avif", "coffee-rav1e.avif"})
    @Tag("PHO-03")
    void an_AVIF_of_which_a_part_was_never_written_is_refused(String name) {
        byte[] whole = TestPhotos.resource("/pictures/" + name);
        TestPhotos.decode(whole).close();
        isRefusedWithoutAPart(whole);
        Arrays.fill(whole, whole.length / 2, whole.length, (byte) 0);
        assertCorrupt(whole, "truncated or damaged");
    }

    @ParameterizedTest
    @CsvSource({"10, false", "40, false", "64, true", "95, true", "100, true"})
    @Tag("PHO-03")
    void an_AVIF_of_ours_of_which_a_part_was_never_written_is_refused(int quality, boolean fullChroma) {
        try (Picture photo = TestPhotos.picture("rocket");
                Picture small = photo.fittingIn(PictureSize.square(300))) {
            isRefusedWithoutAPart(AvifEncoder.encode(small, quality, fullChroma));
        }
    }

    @Test
    @Tag("IMG-10")
    void an_AVIF_larger_by_its_header_than_by_its_pixels_is_refused() {
        byte[] file = TestPhotos.resource("/pictures/coffee-turned-mirrored.avif");
        int size = new String(file, StandardCharsets.ISO_8859_1).indexOf("ispe") + 8;
        java.nio.ByteBuffer.wrap(file).putInt(size, 2_000).putInt(size + 4, 2_000);
        assertCorrupt(file, "2000 × 2000 pixels by its header, and only 43776 of them are there");
    }

    @Test
    @Tag("IMG-06")
    void a_colour_profile_is_applied() {
        // Linear light: a stored value of 55 means a middle grey, 128 in sRGB.
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        segment.writeBytes("ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1));
        segment.write(1);
        segment.write(1);
        segment.writeBytes(profile);
        byte[] jpeg = encoded(new Mat(300, 40, CV_8UC3, Scalar.all(55)), ".jpg");
        try (Picture decoded = TestPhotos.decode(TestPhotos.withSegment(jpeg, 0xe2, segment.toByteArray()));
                UByteIndexer pixels = decoded.mat().createIndexer()) {
            assertThat(pixels.get(290, 30, 0)).isBetween(125, 131);
            assertThat(pixels.get(5, 5, 2)).isBetween(125, 131);
        }
    }

    @Test
    @Tag("IMG-06")
    void sixteen_bits_become_eight() {
        try (Picture original = TestPhotos.picture("coffee")) {
            Mat deep = new Mat();
            original.mat().convertTo(deep, CV_16U, 257, 0);
            try (Picture decoded = TestPhotos.decode(encoded(deep, ".png"))) {
                assertThat(difference(decoded.mat(), original.mat())).isLessThan(1);
            }
        }
    }

    @Test
    void what_is_transparent_lies_on_white() {
        Mat layered = new Mat(20, 20, CV_8UC4, new Scalar(0, 0, 200, 0));
        try (Picture decoded = TestPhotos.decode(encoded(layered, ".png"));
                UByteIndexer pixels = decoded.mat().createIndexer()) {
            assertThat(pixels.get(10, 10, 0)).isEqualTo(255);
            assertThat(pixels.get(10, 10, 1)).isEqualTo(255);
        }
    }

    @Test
    void a_smaller_picture_is_decoded_reduced_but_with_twice_the_pixels_wanted() {
        byte[] photo = TestPhotos.bytes("rocket");
        try (Picture decoded = TestPhotos.decode(photo, 100)) {
            assertThat(decoded.width()).isEqualTo(320);
        }
        try (Picture decoded = TestPhotos.decode(photo, 400)) {
            assertThat(decoded.width()).isEqualTo(640);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".jpg", ".png", ".bmp", ".tiff", ".webp", ".gif"})
    @Tag("PHO-03")
    void a_file_cut_off_half_way_is_refused(String extension) {
        try (Picture original = TestPhotos.picture("coffee")) {
            byte[] whole = encoded(original.mat(), extension);
            assertCorrupt(Arrays.copyOf(whole, whole.length / 2), "");
        }
    }

    @Test
    @Tag("PHO-03")
    void a_PNG_cut_between_two_chunks_is_refused() {
        try (Picture original = TestPhotos.picture("coffee")) {
            byte[] whole = encoded(original.mat(), ".png");
            // Without its closing chunk and a good part of its data; every chunk that is left is whole.
            int cut = 8 + 25;
            while (cut < whole.length / 2) {
                cut += 12 + java.nio.ByteBuffer.wrap(whole).getInt(cut);
            }
            assertCorrupt(Arrays.copyOf(whole, cut), "");
        }
    }

    @Test
    @Tag("IMG-10")
    void a_JPEG_of_thousands_of_scans_is_refused_undecoded() {
        String once = new String(TestPhotos.bytes("rocket"), StandardCharsets.ISO_8859_1);
        int scan = once.indexOf("\u00ff\u00da");
        int end = once.lastIndexOf("\u00ff\u00d9");
        String bomb = once.substring(0, end) + once.substring(scan, end).repeat(300) + once.substring(end);
        Failure failure = catchThrowableOfType(
                Failure.class,
                () -> TestPhotos.decode(bomb.getBytes(StandardCharsets.ISO_8859_1))
                        .close());
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).isEqualTo(Reason.REASON_TOO_MANY_PIXELS);
        assertThat(failure.message()).contains("301 scans; at most 200");
    }

    private static void assertCorrupt(byte[] file, String words) {
        Failure failure = catchThrowableOfType(
                Failure.class, () -> TestPhotos.decode(file).close());
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).isEqualTo(Reason.REASON_CORRUPT_MEDIA);
        assertThat(failure.message()).contains(words);
    }
}
