package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.drew.imaging.ImageMetadataReader;
import com.drew.lang.Rational;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.GpsDirectory;
import com.google.protobuf.Struct;
import dev.rekindle.processing.TestPhotos;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("IMG-05")
@Tag("IMG-09")
class PrivacyTest {
    private static final byte[] LOCATED = TestPhotos.withSegment(TestPhotos.bytes("coffee"), 0xe1, TestPhotos.exif(1));

    @Test
    void the_photo_of_this_test_does_tell_its_place() throws Exception {
        var metadata = ImageMetadataReader.readMetadata(new ByteArrayInputStream(LOCATED));
        assertThat(metadata.getFirstDirectoryOfType(GpsDirectory.class).getRationalArray(GpsDirectory.TAG_LATITUDE))
                .startsWith(new Rational(48, 1));
        assertThat(metadata.getFirstDirectoryOfType(ExifIFD0Directory.class).getString(0xc62f))
                .isEqualTo("SECRET1");
    }

    @Test
    void place_and_serial_number_are_left_out_of_the_tags(@TempDir Path folder) throws Exception {
        Struct tags = ExifTags.read(Files.write(folder.resolve("photo"), LOCATED), TestPhotos.header(LOCATED));
        assertThat(tags.toString()).contains("Maker-7");
        assertThat(tags.toString())
                .doesNotContain("SECRET1")
                .doesNotContainIgnoringCase("gps")
                .doesNotContain("48");
    }

    @Test
    void a_written_picture_carries_no_metadata_at_all(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("written.jpg");
        try (Picture picture = TestPhotos.decode(LOCATED)) {
            PictureEncoder.write(picture, 92, file);
        }
        byte[] written = Files.readAllBytes(file);
        for (int at = 2; (written[at + 1] & 0xff) != 0xda; ) {
            int marker = written[at + 1] & 0xff;
            // APP0 (JFIF) tells nothing; every other APP segment and comments could.
            assertThat(marker).isNotIn(0xe1, 0xe2, 0xed, 0xee, 0xfe);
            at += 2 + ((written[at + 2] & 0xff) << 8 | (written[at + 3] & 0xff));
        }
        assertThat(new String(written, StandardCharsets.ISO_8859_1)).doesNotContain("SECRET1", "Exif");
        assertThat(ExifTags.read(file, TestPhotos.header(written)).getFieldsCount())
                .isZero();
    }

    @Test
    void a_file_without_or_with_broken_tags_has_none(@TempDir Path folder) throws Exception {
        byte[] broken = TestPhotos.withSegment(TestPhotos.bytes("coffee"), 0xe1, Arrays.copyOf(TestPhotos.exif(1), 20));
        assertThat(ExifTags.read(Files.write(folder.resolve("a"), broken), TestPhotos.header(broken))
                        .getFieldsCount())
                .isZero();
    }
}
