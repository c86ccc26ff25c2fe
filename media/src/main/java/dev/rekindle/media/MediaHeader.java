package dev.rekindle.media;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.platform.rpc.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a picture or video tells: all that is needed to refuse it, or to know what decoding it will cost.
 *
 * @param metadata without checksum and EXIF tags. Of videos only type and size: their header takes a demultiplexer.
 *     {@code frame_count} is exact where the source gives the whole file, else what was counted so far
 * @param orientation how to turn the stored picture
 * @param storedWidth pixels before turning
 * @param iccProfile the embedded colour profile; empty where there is none
 * @param grid set where the picture is stored in tiles
 * @param tags EXIF and XMP as they lie in the file
 * @param reach set where frames of a GIF reach beyond the picture
 * @param opacity set for transparent HEIC, AVIF and TIFF
 */
public record MediaHeader(
        MediaMetadata metadata,
        Orientation orientation,
        int storedWidth,
        int storedHeight,
        ByteString iccProfile,
        @Nullable TileGrid grid,
        StoredTags tags,
        @Nullable FrameReach reach,
        @Nullable Opacity opacity) {

    /**
     * Reads a header and holds it against the limits. Nothing is decoded.
     *
     * @throws Failure UNSUPPORTED_MEDIA for a type we do not take and for a picture that is too small, CORRUPT_MEDIA for a header that contradicts itself or
     *     the file's size, TOO_LARGE and TOO_MANY_PIXELS for what exceeds the limits
     */
    public static MediaHeader read(ByteSource source, MediaLimits limits) {
        long size = source.sizeBytes();
        if (size <= 0) {
            throw Window.corrupt("The file is empty.");
        }
        if (size > limits.bytesMax()) {
            throw Failure.of(
                    Reason.REASON_TOO_LARGE,
                    "The file has " + size + " bytes; at most " + limits.bytesMax() + " are allowed.");
        }
        Window window = new Window(source);
        MediaType type = FileSignature.typeOf(window);
        return switch (type) {
            case MEDIA_TYPE_JPEG -> of(JpegHeader.read(window), size, limits);
            case MEDIA_TYPE_PNG -> of(PngHeader.read(window), size, limits);
            case MEDIA_TYPE_WEBP -> of(WebpHeader.read(window), size, limits);
            case MEDIA_TYPE_GIF -> of(GifHeader.read(window, limits), size, limits);
            case MEDIA_TYPE_HEIC, MEDIA_TYPE_AVIF -> of(BmffHeader.read(window, type), size, limits);
            case MEDIA_TYPE_TIFF -> of(TiffHeader.read(window, limits.framesMax()), size, limits);
            case MEDIA_TYPE_BMP -> of(BmpHeader.read(window), size, limits);
            case MEDIA_TYPE_MP4, MEDIA_TYPE_AVI, MEDIA_TYPE_MOV, MEDIA_TYPE_WEBM, MEDIA_TYPE_MKV -> video(type, size);
            case MEDIA_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                throw Window.unsupported(
                        FileSignature.isBigTiff(window)
                                ? "The file is a BigTIFF; expected a TIFF, which files of less than 4 GB can be."
                                : "The file is none of the types taken here: JPEG, PNG, WebP, HEIC, AVIF, GIF, "
                                        + "TIFF, BMP; MP4, MOV, AVI, WebM, MKV.");
        };
    }

    /** Pixels of one frame. */
    public long pixels() {
        return (long) storedWidth * storedHeight;
    }

    /** Pixels of one frame before what reaches beyond the picture is cut off. */
    public long pixelsWithReach() {
        return reach == null ? pixels() : (long) reach.width() * reach.height();
    }

    /** True for pictures, false for videos. */
    public boolean isImage() {
        return metadata.hasImage();
    }

    private static MediaHeader of(StoredPicture stored, long size, MediaLimits limits) {
        if (stored.width() < 1 || stored.height() < 1) {
            throw Window.corrupt("The picture is " + stored.width() + " × " + stored.height()
                    + " pixels; it must have at least one.");
        }
        requireSize(stored.width(), stored.height(), limits);
        if (Math.min(stored.width(), stored.height()) < limits.sideMin()) {
            throw Window.unsupported("The picture is " + stored.width() + " × " + stored.height()
                    + " pixels; a photo has at least " + limits.sideMin() + " on each side.");
        }
        if (stored.image().getFrameCount() > limits.framesMax()) {
            throw Failure.of(
                    Reason.REASON_TOO_MANY_PIXELS,
                    "The picture has more than " + limits.framesMax() + " frames; no more are allowed.");
        }
        boolean swaps = stored.orientation().swapsSides();
        ImageMetadata.Builder image = stored.image()
                .setOrientation(stored.orientation().code())
                .setIccProfile(IccProfile.describe(stored.iccProfile()));
        MediaMetadata metadata = MediaMetadata.newBuilder()
                .setType(stored.type())
                .setSizeBytes(size)
                .setWidth(swaps ? stored.height() : stored.width())
                .setHeight(swaps ? stored.width() : stored.height())
                .setImage(image)
                .build();
        return new MediaHeader(
                metadata,
                stored.orientation(),
                stored.width(),
                stored.height(),
                ByteString.copyFrom(stored.iccProfile()),
                stored.grid(),
                stored.tags(),
                stored.reach(),
                stored.opacity());
    }

    static void requireSize(int width, int height, MediaLimits limits) {
        if ((long) width * height > limits.pixelsMax() || Math.max(width, height) > limits.sideMax()) {
            throw Failure.of(
                    Reason.REASON_TOO_MANY_PIXELS,
                    "The picture is " + width + " × " + height + " pixels; at most " + limits.pixelsMax()
                            + " in all and " + limits.sideMax() + " a side are allowed.");
        }
    }

    private static MediaHeader video(MediaType type, long size) {
        MediaMetadata metadata = MediaMetadata.newBuilder()
                .setType(type)
                .setSizeBytes(size)
                .setVideo(VideoMetadata.getDefaultInstance())
                .build();
        return new MediaHeader(
                metadata, Orientation.UPRIGHT, 0, 0, ByteString.EMPTY, null, StoredTags.NONE, null, null);
    }
}
