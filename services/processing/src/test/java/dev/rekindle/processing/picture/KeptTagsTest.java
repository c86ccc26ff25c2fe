package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.drew.imaging.ImageMetadataReader;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.exif.ExifThumbnailDirectory;
import com.drew.metadata.exif.GpsDirectory;
import com.drew.metadata.icc.IccDirectory;
import com.drew.metadata.xmp.XmpDirectory;
import dev.rekindle.jobs.v1.MetadataMode;
import dev.rekindle.media.Orientation;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.PictureEncoder.Compression;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The photos were tagged by ExifTool, and what is written is read by metadata-extractor. */
@Tag("IMG-05")
class KeptTagsTest {
    @TempDir
    private Path folder;

    private byte[] written(byte[] photo, MetadataMode mode, OutputFormat format) throws IOException {
        Path in = Files.write(folder.resolve("in"), photo);
        Path out = folder.resolve("out." + format.extension());
        try (Picture picture = TestPhotos.decode(photo)) {
            KeptTags tags = KeptTags.of(in, TestPhotos.header(photo), mode);
            PictureEncoder.write(picture, format, new Compression(85, false, false), tags, out);
        }
        return Files.readAllBytes(out);
    }

    private static Metadata read(byte[] file) throws Exception {
        return ImageMetadataReader.readMetadata(new java.io.ByteArrayInputStream(file));
    }

    private static String text(byte[] file) {
        return new String(file, StandardCharsets.ISO_8859_1);
    }

    private static void cameraIsKept(Metadata metadata) {
        assertThat(metadata.getFirstDirectoryOfType(ExifIFD0Directory.class).getString(ExifIFD0Directory.TAG_MODEL))
                .isEqualTo("L100");
        var exposure = metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
        assertThat(exposure.getDoubleObject(ExifSubIFDDirectory.TAG_FNUMBER)).isEqualTo(2.8);
        assertThat(exposure.getString(ExifSubIFDDirectory.TAG_LENS_MODEL)).isEqualTo("Lumina 35mm");
        assertThat(exposure.getString(ExifSubIFDDirectory.TAG_DATETIME_ORIGINAL))
                .startsWith("1999:08:11");
        assertThat(exposure.getInteger(ExifSubIFDDirectory.TAG_COLOR_SPACE))
                .as("the colours are sRGB now")
                .isEqualTo(1);
    }

    /** What describes the uploaded file would be false of any other. */
    private static void nothingOfTheFileIsKept(byte[] file, Metadata metadata) {
        assertThat(metadata.getDirectoriesOfType(ExifThumbnailDirectory.class)).isEmpty();
        assertThat(metadata.getFirstDirectoryOfType(ExifIFD0Directory.class)
                        .containsTag(ExifIFD0Directory.TAG_ORIENTATION))
                .isFalse();
        assertThat(metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class)
                        .containsTag(ExifSubIFDDirectory.TAG_EXIF_IMAGE_WIDTH))
                .isFalse();
        assertThat(TestPhotos.header(file).orientation()).isEqualTo(Orientation.UPRIGHT);
    }

    @ParameterizedTest
    @CsvSource({
        "jpg, JPEG",
        "jpg, PNG",
        "jpg, WEBP",
        "png, JPEG",
        "png, PNG",
        "webp, JPEG",
        "webp, WEBP",
        "heic, JPEG",
        "tiff, JPEG"
    })
    void technical_tags_tell_of_the_camera_and_neither_of_place_nor_of_persons(String photo, OutputFormat format)
            throws Exception {
        byte[] tagged = TestPhotos.resource("/pictures/tagged." + photo);
        byte[] file = written(tagged, MetadataMode.METADATA_MODE_PRESERVE_TECHNICAL, format);
        Metadata metadata = read(file);
        cameraIsKept(metadata);
        nothingOfTheFileIsKept(file, metadata);
        assertThat(metadata.getDirectoriesOfType(GpsDirectory.class)).isEmpty();
        assertThat(metadata.getDirectoriesOfType(XmpDirectory.class)).isEmpty();
        assertThat(text(file)).doesNotContainIgnoringCase("secret").doesNotContain("tower");
    }

    @ParameterizedTest
    @CsvSource({
        "jpg, JPEG",
        "jpg, PNG",
        "jpg, WEBP",
        "png, JPEG",
        "png, PNG",
        "webp, JPEG",
        "webp, WEBP",
        "heic, JPEG",
        "tiff, JPEG"
    })
    void all_tags_tell_the_place_too(String photo, OutputFormat format) throws Exception {
        byte[] tagged = TestPhotos.resource("/pictures/tagged." + photo);
        byte[] file = written(tagged, MetadataMode.METADATA_MODE_PRESERVE_ALL, format);
        Metadata metadata = read(file);
        cameraIsKept(metadata);
        nothingOfTheFileIsKept(file, metadata);
        var place = metadata.getFirstDirectoryOfType(GpsDirectory.class).getGeoLocation();
        assertThat(place.getLatitude()).isBetween(48.858, 48.859);
        assertThat(place.getLongitude()).isBetween(2.294, 2.295);
        assertThat(metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class).getString(0xa431))
                .isEqualTo("BODY-SECRET");
        if (!photo.equals("heic") && !photo.equals("tiff")) {
            var xmp = metadata.getFirstDirectoryOfType(XmpDirectory.class).getXmpProperties();
            assertThat(xmp.values()).contains("At the tower", "Xmp-Secret");
            assertThat(xmp.getOrDefault("tiff:Orientation", "1")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"METADATA_MODE_UNSPECIFIED", "METADATA_MODE_STRIP_ALL"})
    void nothing_is_kept_unless_asked_for(MetadataMode mode) throws Exception {
        byte[] tagged = TestPhotos.resource("/pictures/tagged.jpg");
        for (OutputFormat format : OutputFormat.values()) {
            byte[] file = written(tagged, mode, format);
            assertThat(text(file)).doesNotContainIgnoringCase("secret").doesNotContain("L100", "Lumina");
            assertThat(TestPhotos.header(file).tags().exif().isEmpty()).isTrue();
        }
    }

    @Test
    void a_profile_of_other_colours_becomes_one_of_sRGB() throws Exception {
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        segment.writeBytes("ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1));
        segment.writeBytes(ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData());
        byte[] linear =
                TestPhotos.withSegment(TestPhotos.resource("/pictures/tagged.jpg"), 0xe2, segment.toByteArray());
        byte[] file = written(linear, MetadataMode.METADATA_MODE_PRESERVE_TECHNICAL, OutputFormat.JPEG);
        assertThat(read(file).getFirstDirectoryOfType(IccDirectory.class).getDescription(IccDirectory.TAG_TAG_desc))
                .contains("sRGB");
    }

    @Test
    void whatever_a_block_claims_it_is_rebuilt_or_left_out() {
        byte[] block = TestPhotos.header(TestPhotos.resource("/pictures/tagged.jpg"))
                .tags()
                .exif()
                .toByteArray();
        assertThat(block).hasSizeGreaterThan(500);
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            byte[] broken = block.clone();
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                // Most of the structure lies in the first part.
                broken[random.nextInt(random.nextBoolean() ? 200 : broken.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(broken.length) : broken.length;
            ByteBuffer tiff = ByteBuffer.wrap(java.util.Arrays.copyOf(broken, length));
            // A text of another tag may hang at a tag that may pass: that is what such a block says of itself.
            byte[] technical = ExifBlock.of(tiff, false);
            assertThat(technical).as("seed %d", seed).hasSizeLessThan(61_000);
            Metadata told = new Metadata();
            new ExifReader().extract(new ByteArrayReader(technical), told);
            assertThat(told.getDirectoriesOfType(GpsDirectory.class))
                    .as("seed %d", seed)
                    .isEmpty();
            assertThat(ExifBlock.of(tiff, true)).as("seed %d", seed).hasSizeLessThan(61_000);
        }
    }
}
