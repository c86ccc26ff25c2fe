package dev.rekindle.media;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import java.io.ByteArrayOutputStream;
import java.util.TreeMap;

/** The header of a JPEG: its segments up to the first scan. */
final class JpegHeader {
    private static final int SEGMENTS_MAX = 4_096;
    private static final int MARKER_EOI = 0xd9;
    private static final int MARKER_SOS = 0xda;
    private static final int MARKER_APP0 = 0xe0;
    private static final int MARKER_APP1 = 0xe1;
    private static final int MARKER_APP2 = 0xe2;
    private static final int MARKER_APP14 = 0xee;
    private static final String EXIF = "Exif\0\0";
    private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";
    private static final String ICC = "ICC_PROFILE\0";

    private final Window window;
    private final TreeMap<Integer, byte[]> profileParts = new TreeMap<>();
    private Exif exif = Exif.NONE;
    private StoredTags tags = StoredTags.NONE;
    private double dpiX;
    private double dpiY;
    private int frameMarker;
    private int precision;
    private int width;
    private int height;
    private int components;
    private boolean adobe;

    private JpegHeader(Window window) {
        this.window = window;
    }

    static StoredPicture read(Window window) {
        JpegHeader header = new JpegHeader(window);
        header.walk();
        return header.picture();
    }

    private void walk() {
        long at = 2;
        for (int segment = 0; segment < SEGMENTS_MAX; segment++) {
            if (window.u8(at) != 0xff) {
                throw Window.corrupt("Byte " + at + " of the JPEG is " + window.u8(at) + "; expected a marker (255).");
            }
            while (window.u8(at) == 0xff) {
                at++;
            }
            int marker = window.u8(at);
            at++;
            if (marker == MARKER_EOI) {
                throw Window.corrupt("The JPEG ends before its picture begins.");
            }
            if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
                continue;
            }
            int length = window.u16be(at);
            if (length < 2 || at + length > window.size()) {
                throw Window.corrupt("A segment of the JPEG claims " + length + " bytes at byte " + at
                        + " of a file of " + window.size() + "; the file is truncated or damaged.");
            }
            if (marker == MARKER_SOS) {
                return;
            }
            segment(marker, at + 2, length - 2);
            at += length;
        }
        throw Window.corrupt("The JPEG has more than " + SEGMENTS_MAX + " segments before its picture.");
    }

    private void segment(int marker, long at, int length) {
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
            frame(marker, at, length);
        } else if (marker == MARKER_APP0 && length >= 12 && window.startsWith(at, "JFIF\0")) {
            double perInch = switch (window.u8(at + 7)) {
                case 1 -> 1;
                case 2 -> 2.54;
                default -> 0;
            };
            dpiX = window.u16be(at + 8) * perInch;
            dpiY = window.u16be(at + 10) * perInch;
        } else if (marker == MARKER_APP1 && window.startsWith(at, EXIF) && exif.equals(Exif.NONE)) {
            byte[] block = window.bytes(at + EXIF.length(), length - EXIF.length());
            exif = Exif.read(block);
            tags = tags.withExif(block);
        } else if (marker == MARKER_APP1 && length > XMP.length() && window.startsWith(at, XMP)) {
            tags = tags.withXmp(window.bytes(at + XMP.length(), length - XMP.length()));
        } else if (marker == MARKER_APP2 && length > ICC.length() + 2 && window.startsWith(at, ICC)) {
            int header = ICC.length() + 2;
            profileParts.put(window.u8(at + ICC.length()), window.bytes(at + header, length - header));
        } else if (marker == MARKER_APP14 && window.startsWith(at, "Adobe")) {
            adobe = true;
        }
    }

    private void frame(int marker, long at, int length) {
        if (frameMarker != 0) {
            throw Window.unsupported("The JPEG has more than one frame header; hierarchical JPEG is not taken.");
        }
        if (length < 6) {
            throw Window.corrupt("The frame header of the JPEG has " + length + " bytes; expected at least 6.");
        }
        frameMarker = marker;
        precision = window.u8(at);
        height = window.u16be(at + 1);
        width = window.u16be(at + 3);
        components = window.u8(at + 5);
    }

    private StoredPicture picture() {
        if (frameMarker == 0) {
            throw Window.corrupt("The JPEG has no frame header before its picture.");
        }
        if (frameMarker > 0xc2 || precision != 8) {
            throw Window.unsupported("The JPEG is of a rare kind (frame " + Integer.toHexString(frameMarker) + ", "
                    + precision + " bits); baseline and progressive JPEG of 8 bits are taken.");
        }
        String mode = switch (components) {
            case 1 -> "grey";
            case 3 -> "RGB";
            case 4 -> "CMYK";
            default -> throw Window.corrupt("The JPEG has " + components + " components; expected 1, 3 or 4.");
        };
        ImageMetadata.Builder image = ImageMetadata.newBuilder()
                .setColourMode(mode)
                .setBitDepth(precision)
                .setCompression(frameMarker == 0xc2 ? "JPEG progressive" : "JPEG baseline")
                .setDpiX(exif.dpiX() > 0 ? exif.dpiX() : dpiX)
                .setDpiY(exif.dpiY() > 0 ? exif.dpiY() : dpiY)
                .setFrameCount(1);
        if (adobe && components == 4) {
            image.setCompression(image.getCompression() + " (Adobe)");
        }
        return new StoredPicture(
                MediaType.MEDIA_TYPE_JPEG, width, height, exif.orientation(), profile(), null, tags, null, null, image);
    }

    private byte[] profile() {
        ByteArrayOutputStream profile = new ByteArrayOutputStream();
        for (byte[] part : profileParts.values()) {
            if (profile.size() + part.length > StoredPicture.ICC_BYTES_MAX) {
                return StoredPicture.NO_PROFILE;
            }
            profile.writeBytes(part);
        }
        return profile.toByteArray();
    }
}
