package dev.rekindle.processing;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.PhotosServiceGrpc.PhotosServiceBlockingStub;
import dev.rekindle.jobs.v1.ReadPhotoRangeRequest;
import dev.rekindle.jobs.v1.ReadPhotoRangeResponse;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.processing.picture.ExifTags;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Tells what is in a photo's file, from the file itself: its header, and its tags less what tells where and by whom it was
 * taken. The bytes come from the jobs service piece by piece, as many as are needed, and of the user's photos only.
 */
final class ProbePhoto {
    private static final int PIECE_BYTES = 256 << 10;

    /** What lies further on is not looked at. */
    private static final int READ_BYTES_MAX = 16 << 20;

    /** The upload was held against the limits of its day; whatever was let in then is told of. */
    private static final MediaLimits LIMITS =
            new MediaLimits(Long.MAX_VALUE, Long.MAX_VALUE, 1, MediaLimits.SIDE_MAX, Integer.MAX_VALUE);

    private final PhotosServiceBlockingStub photos;

    ProbePhoto(Channel jobs) {
        this.photos = PhotosServiceGrpc.newBlockingStub(jobs);
    }

    /** @throws Failure NOT_FOUND if the user has no such photo */
    MediaMetadata run(String userId, String photoId) {
        Pieces pieces = new Pieces(userId, photoId);
        ReadPhotoRangeResponse first = pieces.last;
        MediaHeader header =
                MediaHeader.read(ByteSource.ofRanges(first.getSizeBytes(), READ_BYTES_MAX, pieces::read), LIMITS);
        MediaMetadata.Builder metadata = header.metadata().toBuilder().setSha256(first.getSha256());
        if (header.isImage()) {
            metadata.getImageBuilder().setExif(ExifTags.read(new Stream(pieces), header));
        }
        return metadata.build();
    }

    /** The file, with the piece that was fetched last at hand. */
    private final class Pieces {
        private final String userId;
        private final String photoId;
        private ReadPhotoRangeResponse last;
        private long lastBegins;

        Pieces(String userId, String photoId) {
            this.userId = userId;
            this.photoId = photoId;
            this.last = fetch(0);
        }

        private ReadPhotoRangeResponse fetch(long offset) {
            try {
                return photos.readPhotoRange(ReadPhotoRangeRequest.newBuilder()
                        .setUserId(userId)
                        .setPhotoId(photoId)
                        .setOffsetBytes(offset)
                        .setLengthBytes(PIECE_BYTES)
                        .build());
            } catch (StatusRuntimeException e) {
                throw Failures.of(e);
            }
        }

        byte[] read(long offset, int length) {
            byte[] wanted = new byte[length];
            int read = 0;
            while (read < length) {
                int copied = copy(offset + read, wanted, read, length - read);
                if (copied == 0) {
                    return Arrays.copyOf(wanted, read);
                }
                read += copied;
            }
            return wanted;
        }

        /** Copies what one piece has from an offset on. Answers how much that is: nothing at the end of the file. */
        private int copy(long offset, byte[] to, int at, int length) {
            if (offset >= last.getSizeBytes()) {
                return 0;
            }
            if (offset < lastBegins || offset >= lastBegins + last.getContent().size()) {
                last = fetch(offset);
                lastBegins = offset;
            }
            int from = (int) (offset - lastBegins);
            int copied = Math.min(length, last.getContent().size() - from);
            if (copied > 0) {
                last.getContent().substring(from, from + copied).copyTo(to, at);
            }
            return copied;
        }
    }

    /** The same bytes from the first on, at most as many as are looked at. */
    private static final class Stream extends InputStream {
        private final Pieces pieces;
        private long position;

        Stream(Pieces pieces) {
            this.pieces = pieces;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int at, int length) {
            int allowed = (int) Math.min(length, READ_BYTES_MAX - position);
            if (length == 0) {
                return 0;
            }
            int copied = allowed <= 0 ? 0 : pieces.copy(position, to, at, allowed);
            position += copied;
            return copied == 0 ? -1 : copied;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.clamp(count, 0, pieces.last.getSizeBytes() - position);
            position += skipped;
            return skipped;
        }
    }
}
