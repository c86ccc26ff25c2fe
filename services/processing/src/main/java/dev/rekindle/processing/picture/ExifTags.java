package dev.rekindle.processing.picture;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.Tag;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.iptc.IptcDirectory;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * EXIF tags of a file in words, by directory and name. What tells where a photo was taken, or whose camera it was, is
 * left out: position, serial numbers, owners' names, and makers' notes, which hide all three.
 */
public final class ExifTags {
    private static final Set<Class<? extends Directory>> DIRECTORIES =
            Set.of(ExifIFD0Directory.class, ExifSubIFDDirectory.class, IptcDirectory.class);
    private static final Pattern PERSONAL = Pattern.compile(
            "gps|serial|owner|artist|copyright|by-line|credit|unique|host computer|location|city|country|province"
                    + "|latitude|longitude|makernote|unknown|xp author|comment|padding|address|contact|person");
    private static final int TAGS_MAX = 200;
    private static final int VALUE_CHARS_MAX = 200;

    private ExifTags() {}

    /** The tags; empty where there are none or they are broken. */
    public static Struct read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, Files.size(file));
        } catch (IOException e) {
            return Struct.getDefaultInstance();
        }
    }

    /** The tags of a file that comes as a stream, which is read no further than to their end. */
    public static Struct read(InputStream in, long sizeBytes) {
        try {
            InputStream seen = PngTags.of(new BufferedInputStream(in));
            return struct(ImageMetadataReader.readMetadata(seen, sizeBytes));
        } catch (ImageProcessingException | IOException | RuntimeException e) {
            // Broken tags never fail a photo whose pixels are good.
            return Struct.getDefaultInstance();
        }
    }

    private static Struct struct(Metadata metadata) {
        Struct.Builder all = Struct.newBuilder();
        int count = 0;
        for (Directory directory : metadata.getDirectories()) {
            if (!DIRECTORIES.contains(directory.getClass())) {
                continue;
            }
            Struct.Builder tags = Struct.newBuilder();
            for (Tag tag : directory.getTags()) {
                String value = tag.getDescription();
                boolean kept = value != null
                        && value.length() <= VALUE_CHARS_MAX
                        && !PERSONAL.matcher(tag.getTagName().toLowerCase(Locale.ROOT))
                                .find();
                if (kept && count < TAGS_MAX) {
                    count++;
                    tags.putFields(
                            tag.getTagName(),
                            Value.newBuilder().setStringValue(value).build());
                }
            }
            if (tags.getFieldsCount() > 0) {
                all.putFields(
                        directory.getName(),
                        Value.newBuilder().setStructValue(tags).build());
            }
        }
        return all.build();
    }
}
