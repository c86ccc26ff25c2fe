package dev.rekindle.processing.picture;

import com.drew.imaging.jpeg.JpegSegmentType;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Directory;
import com.drew.metadata.Metadata;
import com.drew.metadata.Tag;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.iptc.IptcDirectory;
import com.drew.metadata.photoshop.PhotoshopReader;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.media.MediaHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    public static Struct read(Path file, MediaHeader header) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, header);
        } catch (IOException e) {
            return Struct.getDefaultInstance();
        }
    }

    /**
     * The tags of a file that comes as a stream. Its reader of tags sees blocks of at most 64 KB, cut out before: of whole
     * files it keeps whatever it finds, and a hostile one takes all memory.
     */
    public static Struct read(InputStream in, MediaHeader header) {
        try {
            Metadata metadata = new Metadata();
            MediaType type = header.metadata().getType();
            byte[] stored = type == MediaType.MEDIA_TYPE_TIFF
                    ? in.readAllBytes()
                    : header.tags().exif().toByteArray();
            byte[] exif = ExifBlock.readable(ByteBuffer.wrap(stored));
            if (exif.length > 0) {
                new ExifReader().extract(new ByteArrayReader(exif), metadata);
            }
            if (type == MediaType.MEDIA_TYPE_JPEG) {
                List<byte[]> segments = IptcSegment.of(in);
                new PhotoshopReader().readJpegSegments(segments, metadata, JpegSegmentType.APPD);
            }
            return struct(metadata);
        } catch (IOException | RuntimeException e) {
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
