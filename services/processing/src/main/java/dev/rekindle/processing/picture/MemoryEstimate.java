package dev.rekindle.processing.picture;

import dev.rekindle.media.MediaHeader;

/** How much native memory work on a picture takes at its height, told from sizes alone, before any of it is taken. */
public final class MemoryEstimate {
    private static final long BYTES_PER_PIXEL = 3;
    /** Libraries, buffers of codecs, and what the allocator does not give back at once. */
    private static final long OVERHEAD_BYTES = 48L << 20;

    private MemoryEstimate() {}

    /**
     * Bytes to decode a picture: the pixels as stored with their own channels and depth, the 8-bit picture, its turned
     * copy, and the file itself.
     */
    public static long ofDecode(MediaHeader header, int longerSideWanted) {
        int reduction = PictureDecoder.reduction(header, longerSideWanted);
        long pixels = header.pixels() / ((long) reduction * reduction);
        var image = header.metadata().getImage();
        long stored = image.getTransparency() ? 4 : BYTES_PER_PIXEL;
        // A picture with transparency is taken apart into colours and opacity.
        long blending = image.getTransparency() ? 8 : 0;
        long deep = image.getBitDepth() > 8 ? (image.getBitDepth() + 7) / 8 * stored : 0;
        long progressive = image.getCompression().contains("progressive") ? header.pixels() * 6 : 0;
        return pixels * (stored + deep + blending + BYTES_PER_PIXEL)
                + progressive
                + header.metadata().getSizeBytes()
                + OVERHEAD_BYTES;
    }

    /** Bytes to hold so many pictures of a size. */
    public static long ofPictures(PictureSize size, int count) {
        return size.pixels() * BYTES_PER_PIXEL * count + OVERHEAD_BYTES;
    }
}
