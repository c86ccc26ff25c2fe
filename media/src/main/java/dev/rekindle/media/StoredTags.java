package dev.rekindle.media;

import com.google.protobuf.ByteString;

/**
 * The tags of a file as they lie in it, for whoever keeps them. Nobody has looked whether they are sound.
 *
 * @param exif an EXIF block that begins with its TIFF header; of a TIFF the file's own directories are its tags, so this
 *     is empty. Empty where there is none
 * @param xmp an XMP packet; empty where there is none
 */
public record StoredTags(ByteString exif, ByteString xmp) {
    static final StoredTags NONE = new StoredTags(ByteString.EMPTY, ByteString.EMPTY);

    StoredTags withExif(byte[] block) {
        return new StoredTags(ByteString.copyFrom(block), xmp);
    }

    StoredTags withXmp(byte[] packet) {
        return new StoredTags(exif, ByteString.copyFrom(packet));
    }
}
