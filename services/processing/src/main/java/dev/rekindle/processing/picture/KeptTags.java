package dev.rekindle.processing.picture;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.jobs.v1.MetadataMode;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What an output keeps of the tags of its photo. Empty arrays where nothing is kept. */
@SuppressWarnings("ArrayRecordComponent") // written to a file, never compared
public record KeptTags(byte[] exif, byte[] xmp, byte[] profile) {
    public static final KeptTags NONE = new KeptTags(new byte[0], new byte[0], new byte[0]);

    /** A JPEG holds XMP in one segment of 64 KB; the rest of longer packets would lie elsewhere. */
    private static final int XMP_BYTES_MAX = 65_000;

    private static final Pattern THUMBNAILS =
            Pattern.compile("<(xmp|xap):Thumbnails\\b.*?</\\1:Thumbnails\\s*>", Pattern.DOTALL);
    private static final Pattern ORIENTATION = Pattern.compile("(tiff:Orientation(?:\\s*=\\s*[\"']|>))[1-8]");

    /**
     * The tags an output of this photo keeps. Whatever the mode: no thumbnails, no makers' notes, no turning. The colours
     * were converted to sRGB, so a profile of the photo becomes one that says this.
     */
    public static KeptTags of(Path file, MediaHeader header, MetadataMode mode) {
        return switch (mode) {
            case METADATA_MODE_UNSPECIFIED, METADATA_MODE_STRIP_ALL, UNRECOGNIZED -> NONE;
            case METADATA_MODE_PRESERVE_TECHNICAL ->
                new KeptTags(ExifBlock.of(tiff(file, header), false), new byte[0], profile(header));
            case METADATA_MODE_PRESERVE_ALL ->
                new KeptTags(
                        ExifBlock.of(tiff(file, header), true),
                        xmp(header.tags().xmp().toByteArray()),
                        profile(header));
        };
    }

    /** The structure that holds EXIF: of a TIFF the file itself, else its block. */
    private static ByteBuffer tiff(Path file, MediaHeader header) {
        if (header.metadata().getType() != MediaType.MEDIA_TYPE_TIFF) {
            return ByteBuffer.wrap(header.tags().exif().toByteArray());
        }
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }

    private static byte[] profile(MediaHeader header) {
        return header.iccProfile().isEmpty()
                ? new byte[0]
                : ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
    }

    private static byte[] xmp(byte[] packet) {
        if (packet.length == 0 || packet.length > XMP_BYTES_MAX) {
            return new byte[0];
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(packet))
                    .toString();
            String upright = ORIENTATION.matcher(text).replaceAll("$11");
            return THUMBNAILS.matcher(upright).replaceAll("").getBytes(StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            // Not UTF-8: what cannot be read cannot be cleared of its turning either.
            return new byte[0];
        }
    }

    boolean isEmpty() {
        return exif.length + xmp.length + profile.length == 0;
    }

    /** Bytes they add to a file, what surrounds them included. */
    public int bytes() {
        return isEmpty() ? 0 : exif.length + xmp.length + profile.length + 200;
    }

    /** In words, for the report: "EXIF and XMP". */
    public String inWords() {
        List<String> kinds = new ArrayList<>();
        if (exif.length > 0) {
            kinds.add("EXIF");
        }
        if (xmp.length > 0) {
            kinds.add("XMP");
        }
        if (profile.length > 0) {
            kinds.add("an sRGB profile");
        }
        return kinds.isEmpty() ? "no tags" : String.join(" and ", kinds);
    }
}
