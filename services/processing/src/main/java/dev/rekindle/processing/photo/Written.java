package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.OutputFormat;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.video.Product;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What is known of files: those written here, and the checksum of any. */
final class Written {
    private static final int PIECE_BYTES = 64 << 10;

    private Written() {}

    /** A JPEG of ours, ready to be stored. */
    static PhotoWork.Made of(Path file, PictureSize size) {
        return of(file, size, OutputFormat.JPEG, "JPEG progressive");
    }

    /**
     * A file of ours in whatever format.
     *
     * @param compression as metadata name it
     */
    static PhotoWork.Made of(Path file, PictureSize size, OutputFormat format, String compression) {
        MediaMetadata metadata = MediaMetadata.newBuilder()
                .setType(format.type())
                .setSizeBytes(sizeBytes(file))
                .setWidth(size.width())
                .setHeight(size.height())
                .setSha256(sha256(file))
                .setImage(ImageMetadata.newBuilder()
                        .setColourMode("RGB")
                        .setBitDepth(8)
                        .setCompression(compression)
                        .setOrientation(1)
                        .setFrameCount(1))
                .build();
        return new PhotoWork.Made(file, format.contentType(), metadata);
    }

    /** A PNG of ours with a palette. */
    static PhotoWork.Made withPalette(Path file, PictureSize size) {
        PhotoWork.Made made = of(file, size, OutputFormat.PNG, "deflate");
        MediaMetadata.Builder metadata = made.metadata().toBuilder();
        metadata.getImageBuilder().setColourMode("palette");
        return new PhotoWork.Made(file, made.contentType(), metadata.build());
    }

    /** An animation of ours. Its encoder makes one frame of equal ones in a row, so they are counted in the file. */
    static PhotoWork.Made moving(Path file, PictureSize size, OutputFormat format) {
        MediaLimits limits = MediaLimits.photos().withBytesMax(Long.MAX_VALUE);
        int frames = MediaHeader.read(ByteSource.ofFile(file), limits)
                .metadata()
                .getImage()
                .getFrameCount();
        PhotoWork.Made made = of(file, size, format, format + " animation");
        MediaMetadata.Builder metadata = made.metadata().toBuilder();
        metadata.getImageBuilder().setFrameCount(frames);
        return new PhotoWork.Made(file, made.contentType(), metadata.build());
    }

    /** A file made of a video. */
    static PhotoWork.Made ofProduct(Product product) {
        MediaMetadata metadata = product.metadata().toBuilder()
                .setSizeBytes(sizeBytes(product.file()))
                .setSha256(sha256(product.file()))
                .build();
        return new PhotoWork.Made(product.file(), product.contentType(), metadata);
    }

    static long sizeBytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }

    /** Lower-case hexadecimal SHA-256. */
    static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[PIECE_BYTES];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException | NoSuchAlgorithmException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }
}
