package dev.rekindle.processing.engine.runpod;

import com.google.protobuf.ByteString;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Turns the bytes of a result into a picture or a file of a video. They are read as a stranger's are. */
final class ReadResult {
    private static final double SHAPE_CHANGE_MAX = 0.1;

    private ReadResult() {}

    /**
     * Reads.
     *
     * @param file to write them to, as decoders read files
     * @throws RunFailed if they are no picture, or one of another shape
     */
    static Picture read(ByteString bytes, Path file, PictureSize wanted, Stop stop) {
        Picture picture = read(bytes, file, stop);
        if (PictureSize.of(picture).equals(wanted)) {
            return picture;
        }
        try (picture) {
            return resized(picture, wanted);
        }
    }

    /** Reads a picture of whatever size. */
    static Picture read(ByteString bytes, Path file, Stop stop) {
        try {
            return PictureDecoder.decode(file, header(bytes, file), 0, stop);
        } catch (Failure failure) {
            throw RunFailed.counting("the result is no picture: " + failure.message());
        }
    }

    /** Writes a video; whether its pictures can be read shows when the clip is coded from it. */
    static Path video(ByteString bytes, Path file) {
        try {
            if (header(bytes, file).isImage()) {
                throw RunFailed.counting("the result is a picture; expected a video");
            }
            return file;
        } catch (Failure failure) {
            throw RunFailed.counting("the result is no video: " + failure.message());
        }
    }

    private static MediaHeader header(ByteString bytes, Path file) {
        try {
            Files.write(file, bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return MediaHeader.read(ByteSource.ofFile(file), MediaLimits.photos().withBytesMax(FetchResult.BYTES_MAX));
    }

    private static Picture resized(Picture picture, PictureSize wanted) {
        double shape = (double) picture.width() / picture.height();
        double shapeWanted = (double) wanted.width() / wanted.height();
        if (Math.abs(shape / shapeWanted - 1) > SHAPE_CHANGE_MAX) {
            throw RunFailed.counting(
                    "the result is " + PictureSize.of(picture) + " pixels, another shape than " + wanted);
        }
        return picture.resized(
                new Resizing(picture.width(), picture.height(), wanted), 0, 0, Interpolation.INTERPOLATION_UNSPECIFIED);
    }
}
