package dev.rekindle.media;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;

/** The header of a WebP: its RIFF chunks, all of them where the whole file can be read. */
final class WebpHeader {
    private static final int CHUNKS_MAX = 100_000;
    private static final int TAGS_BYTES_MAX = 1 << 20;
    private static final int FLAG_ALPHA = 0x10;

    private final Window window;
    private int width;
    private int height;
    private boolean lossless;
    private boolean transparency;
    private boolean extended;
    private boolean picture;
    private int frames;
    private Exif exif = Exif.NONE;
    private StoredTags tags = StoredTags.NONE;
    private byte[] profile = StoredPicture.NO_PROFILE;

    private WebpHeader(Window window) {
        this.window = window;
    }

    static StoredPicture read(Window window) {
        WebpHeader header = new WebpHeader(window);
        header.walk();
        ImageMetadata.Builder image = ImageMetadata.newBuilder()
                .setColourMode(header.transparency ? "RGBA" : "RGB")
                .setBitDepth(8)
                .setCompression(header.lossless ? "VP8 lossless" : "VP8")
                .setTransparency(header.transparency)
                .setDpiX(header.exif.dpiX())
                .setDpiY(header.exif.dpiY())
                .setFrameCount(Math.max(1, header.frames));
        return new StoredPicture(
                MediaType.MEDIA_TYPE_WEBP,
                header.width,
                header.height,
                header.exif.orientation(),
                header.profile,
                null,
                header.tags,
                null,
                null,
                image);
    }

    private void walk() {
        long end = window.u32le(4) + 8;
        if (end > window.size()) {
            throw Window.corrupt(
                    "The WebP claims " + end + " bytes; the file has " + window.size() + ". It is truncated.");
        }
        long at = 12;
        for (int chunk = 0; chunk < CHUNKS_MAX; chunk++) {
            if (at + 8 > end || (picture && !window.reaches(at, 8))) {
                if (!picture) {
                    throw Window.corrupt("The WebP has no picture data.");
                }
                return;
            }
            String type = window.text(at, 4);
            long length = window.u32le(at + 4);
            if (length > end - at - 8) {
                throw Window.corrupt("A chunk at byte " + at + " of the WebP claims " + length + " bytes; only "
                        + (end - at - 8) + " follow.");
            }
            chunk(type, at + 8, (int) length);
            at += 8 + length + (length & 1);
        }
        throw Window.corrupt("The WebP has more than " + CHUNKS_MAX + " chunks.");
    }

    private void chunk(String type, long at, int length) {
        switch (type) {
            case "VP8X" -> {
                extended = true;
                transparency = (window.u8(at) & FLAG_ALPHA) != 0;
                size(window.u24le(at + 4) + 1, window.u24le(at + 7) + 1);
            }
            case "VP8 " -> lossy(at);
            case "VP8L" -> lossless(at);
            case "ANMF" -> {
                frames++;
                picture = true;
                int right = window.u24le(at) * 2 + window.u24le(at + 6) + 1;
                int bottom = window.u24le(at + 3) * 2 + window.u24le(at + 9) + 1;
                if (!extended || right > width || bottom > height) {
                    throw Window.corrupt("A frame of the WebP reaches to " + right + " × " + bottom + " on a canvas of "
                            + width + " × " + height + ".");
                }
            }
            case "ICCP" -> {
                if (length <= StoredPicture.ICC_BYTES_MAX) {
                    profile = window.bytes(at, length);
                }
            }
            case "EXIF" -> {
                if (length <= TAGS_BYTES_MAX && window.reaches(at, length)) {
                    int header = window.startsWith(at, "Exif\0\0") ? 6 : 0;
                    byte[] block = window.bytes(at + header, length - header);
                    exif = Exif.read(block);
                    tags = tags.withExif(block);
                }
            }
            case "XMP " -> {
                if (length <= TAGS_BYTES_MAX && window.reaches(at, length)) {
                    tags = tags.withXmp(window.bytes(at, length));
                }
            }
            default -> {
                // neither size nor colour
            }
        }
    }

    private void lossy(long at) {
        if (window.u24le(at + 3) != 0x2a019d) {
            throw Window.corrupt("The picture of the WebP lacks its start code.");
        }
        size(window.u16le(at + 6) & 0x3fff, window.u16le(at + 8) & 0x3fff);
        picture = true;
    }

    private void lossless(long at) {
        if (window.u8(at) != 0x2f) {
            throw Window.corrupt("The lossless picture of the WebP begins with " + window.u8(at) + "; expected 47.");
        }
        long bits = window.u32le(at + 1);
        size((int) (bits & 0x3fff) + 1, (int) (bits >> 14 & 0x3fff) + 1);
        transparency |= (bits >> 28 & 1) == 1;
        lossless = true;
        picture = true;
    }

    private void size(int newWidth, int newHeight) {
        if (extended && width > 0 && (newWidth != width || newHeight != height)) {
            throw Window.corrupt("The WebP is " + width + " × " + height + " pixels by its header and " + newWidth
                    + " × " + newHeight + " by its picture.");
        }
        width = newWidth;
        height = newHeight;
    }
}
