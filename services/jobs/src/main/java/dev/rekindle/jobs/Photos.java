package dev.rekindle.jobs;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.JobOutputsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotoVariantsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.ContentHeader;
import dev.rekindle.jobs.v1.GetPhotoContentResponse;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.ListPhotosRequest;
import dev.rekindle.jobs.v1.ListPhotosResponse;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.PhotoVariant;
import dev.rekindle.jobs.v1.ReadPhotoContentRequest;
import dev.rekindle.jobs.v1.ReadPhotoContentResponse;
import dev.rekindle.jobs.v1.ReadPhotoRangeRequest;
import dev.rekindle.jobs.v1.ReadPhotoRangeResponse;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.PageToken;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.MessageSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A user's photos: what they are, and their bytes. */
final class Photos {
    private static final int CHUNK_BYTES = 256 << 10;
    private static final String ORIGINAL = "original";
    private static final String PREPARED = "prepared";

    /** Leaves room for the rest of a message of 4 MiB. */
    private static final int SMALL_BYTES_MAX = 3 << 20;

    /** Variants, the one that shows most first. */
    private static final List<String> SMALL_ENOUGH = List.of("thumb_600", "thumb_300", "thumb_150", PREPARED, ORIGINAL);

    private final Database database;
    private final PhotoStore photos;
    private final JobStore jobs;
    private final BatchStore batches;
    private final Blobs blobs;

    Photos(Database database, PhotoStore photos, JobStore jobs, BatchStore batches, Blobs blobs) {
        this.database = database;
        this.photos = photos;
        this.jobs = jobs;
        this.batches = batches;
        this.blobs = blobs;
    }

    Photo get(String userId, UUID photoId) {
        PhotosRecord row = find(userId, photoId);
        return view(row, photos.variantsOf(database.sql(), photoId));
    }

    ListPhotosResponse list(String userId, ListPhotosRequest request) {
        int size = PageToken.pageSize(request.getPageSize());
        UUID before = request.getPageToken().isEmpty() ? null : PageToken.read(request.getPageToken());
        List<PhotosRecord> rows = photos.list(database.sql(), userId, request.getSessionId(), before, size + 1);
        List<PhotosRecord> page = rows.subList(0, Math.min(size, rows.size()));
        Map<UUID, List<PhotoVariantsRecord>> variants = photos.variantsOf(
                database.sql(), page.stream().map(PhotosRecord::getId).toList());
        ListPhotosResponse.Builder answer = ListPhotosResponse.newBuilder();
        page.forEach(row -> answer.addPhotos(view(row, variants.getOrDefault(row.getId(), List.of()))));
        if (rows.size() > size) {
            answer.setNextPageToken(PageToken.after(page.getLast().getId()));
        }
        return answer.build();
    }

    GetPhotoContentResponse content(String userId, UUID photoId, String variant) {
        ContentRefusal.requireNone(find(userId, photoId));
        Place place = place(userId, photoId, variant);
        Blobs.Signed signed = blobs.signGet(place.key(), place.filename());
        return GetPhotoContentResponse.newBuilder()
                .setUrl(signed.url().toString())
                .setContentType(place.contentType())
                .setSizeBytes(place.sizeBytes())
                .setEtag(etag(place))
                .setExpireTime(Protos.timestamp(signed.expiry()))
                .build();
    }

    void read(String userId, ReadPhotoContentRequest request, MessageSink<ReadPhotoContentResponse> sink)
            throws InterruptedException {
        UUID photoId = UUID.fromString(request.getPhotoId());
        ContentRefusal.requireNone(find(userId, photoId));
        Place place = place(userId, photoId, request.getVariant());
        long size = place.sizeBytes();
        if (request.getOffsetBytes() > 0 && request.getOffsetBytes() >= size) {
            throw Failure.of(
                    Reason.REASON_OFFSET_MISMATCH,
                    "The bytes asked for begin at " + request.getOffsetBytes() + "; the content has " + size + ".");
        }
        try (Blobs.Content content = blobs.get(place.key(), request.getOffsetBytes(), request.getLimitBytes())) {
            sink.send(ReadPhotoContentResponse.newBuilder()
                    .setHeader(ContentHeader.newBuilder()
                            .setContentType(place.contentType())
                            .setSizeBytes(size)
                            .setEtag(etag(place))
                            .setFilename(place.filename()))
                    .build());
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int length = content.bytes().readNBytes(chunk, 0, CHUNK_BYTES);
                    length > 0;
                    length = content.bytes().readNBytes(chunk, 0, CHUNK_BYTES)) {
                sink.send(ReadPhotoContentResponse.newBuilder()
                        .setChunk(ByteString.copyFrom(chunk, 0, length))
                        .build());
            }
        } catch (IOException e) {
            throw unreadable(place.key(), e);
        }
    }

    /** A picture small enough for one message. */
    record Small(ByteString bytes, String contentType) {}

    /** The largest picture of a photo that fits into one message. Empty as long as there is none. */
    Optional<Small> small(String userId, UUID photoId) {
        for (String variant : SMALL_ENOUGH) {
            try {
                Place place = place(userId, photoId, variant);
                if (place.sizeBytes() <= SMALL_BYTES_MAX) {
                    try (Blobs.Content content = blobs.get(place.key(), 0, place.sizeBytes())) {
                        return Optional.of(new Small(ByteString.readFrom(content.bytes()), place.contentType()));
                    }
                }
            } catch (Failure failure) {
                if (failure.reason() != Reason.REASON_NOT_FOUND) {
                    throw failure; // a variant that is not there yet, or lost, is no reason to show none
                }
            } catch (IOException e) {
                throw unreadable(photoId.toString(), e);
            }
        }
        return Optional.empty();
    }

    /** A piece of the original, or of what was prepared of it where the original is not kept. */
    ReadPhotoRangeResponse range(ReadPhotoRangeRequest request) {
        UUID photoId = UUID.fromString(request.getPhotoId());
        PhotosRecord photo = find(request.getUserId(), photoId);
        boolean kept = photo.getOriginalDeletedAt() == null && photo.getOriginalLostAt() == null;
        Place place = place(request.getUserId(), photoId, kept ? ORIGINAL : PREPARED);
        ReadPhotoRangeResponse.Builder answer = ReadPhotoRangeResponse.newBuilder()
                .setSizeBytes(place.sizeBytes())
                .setSha256(kept ? photo.getSha256() : "");
        if (request.getOffsetBytes() >= place.sizeBytes()) {
            return answer.build();
        }
        long length = Math.min(request.getLengthBytes(), place.sizeBytes() - request.getOffsetBytes());
        try (Blobs.Content content = blobs.get(place.key(), request.getOffsetBytes(), length)) {
            return answer.setContent(ByteString.copyFrom(content.bytes().readNBytes((int) length)))
                    .build();
        } catch (IOException e) {
            throw unreadable(place.key(), e);
        }
    }

    private static Failure unreadable(String what, IOException e) {
        return Failure.of(Reason.REASON_STORAGE_FAILED, "The picture store did not answer. Please try again.")
                .withDetail(what + ": " + e.getMessage(), e);
    }

    /** A blob of the user's, and what it is. */
    private record Place(String key, String contentType, long sizeBytes, String filename) {}

    private static String etag(Place place) {
        return "\"" + Integer.toHexString(place.key().hashCode()) + "-" + Long.toHexString(place.sizeBytes()) + "\"";
    }

    private Place place(String userId, UUID photoId, String asked) {
        PhotosRecord photo = find(userId, photoId);
        MediaMetadata uploaded = Protos.read(MediaMetadata.parser(), photo.getMetadata());
        String usual = uploaded.hasVideo() ? "poster" : PREPARED;
        String variant = asked.isEmpty() ? usual : asked;
        if (variant.equals(ORIGINAL)) {
            if (photo.getOriginalDeletedAt() != null) {
                throw Failure.of(
                        Reason.REASON_NOT_FOUND,
                        "The original of photo " + photoId + " was deleted after its preparation.");
            }
            if (photo.getOriginalLostAt() != null) {
                throw lost("original of photo " + photoId);
            }
            return new Place(
                    photo.getOriginalKey(),
                    contentType(uploaded.getType()),
                    uploaded.getSizeBytes(),
                    photo.getFilename());
        }
        for (PhotoVariantsRecord row : photos.variantsOf(database.sql(), photoId)) {
            if (row.getName().equals(variant)) {
                if (row.getLostAt() != null) {
                    throw lost("variant \"" + variant + "\" of photo " + photoId);
                }
                MediaMetadata metadata = Protos.read(MediaMetadata.parser(), row.getMetadata());
                return new Place(
                        row.getBlobKey(),
                        row.getContentType(),
                        metadata.getSizeBytes(),
                        filename(photo, variant, row.getContentType()));
            }
        }
        return output(userId, photo, variant);
    }

    private static Failure lost(String what) {
        return Failure.of(Reason.REASON_NOT_FOUND, "The " + what + " was lost by the blob store.");
    }

    private Place output(String userId, PhotosRecord photo, String variant) {
        UUID outputId;
        try {
            outputId = UUID.fromString(variant);
        } catch (IllegalArgumentException e) {
            throw Failure.notFound("variant \"" + variant + "\" of photo", photo.getId());
        }
        Optional<JobOutputsRecord> found = jobs.findOutput(database.sql(), userId, photo.getId(), outputId);
        if (found.isPresent() && found.get().getLostAt() != null) {
            throw lost("output " + outputId);
        }
        return found.map(row -> new Place(
                        row.getBlobKey(),
                        row.getContentType(),
                        Protos.read(MediaMetadata.parser(), row.getMetadata()).getSizeBytes(),
                        filename(
                                photo,
                                row.getName().equals("result") ? "rekindled" : row.getName(),
                                row.getContentType())))
                .or(() -> batches.findManifest(database.sql(), userId, photo.getId(), outputId)
                        .map(row -> new Place(
                                row.getManifestKey(),
                                "application/json",
                                row.getManifestBytes(),
                                "batch-" + row.getId() + ".json")))
                .orElseThrow(() -> Failure.notFound("variant \"" + variant + "\" of photo", photo.getId()));
    }

    /** {@code grandma.heic} → {@code grandma-prepared.jpg} */
    private static String filename(PhotosRecord photo, String variant, String contentType) {
        String name = photo.getFilename().isEmpty() ? "photo" : photo.getFilename();
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        String type = contentType.substring(contentType.indexOf('/') + 1);
        return stem + "-" + variant + "." + (type.equals("jpeg") ? "jpg" : type);
    }

    static String contentType(MediaType type) {
        return switch (type) {
            case MEDIA_TYPE_JPEG -> "image/jpeg";
            case MEDIA_TYPE_PNG -> "image/png";
            case MEDIA_TYPE_WEBP -> "image/webp";
            case MEDIA_TYPE_HEIC -> "image/heic";
            case MEDIA_TYPE_GIF -> "image/gif";
            case MEDIA_TYPE_AVIF -> "image/avif";
            case MEDIA_TYPE_TIFF -> "image/tiff";
            case MEDIA_TYPE_BMP -> "image/bmp";
            case MEDIA_TYPE_MP4 -> "video/mp4";
            case MEDIA_TYPE_AVI -> "video/x-msvideo";
            case MEDIA_TYPE_MOV -> "video/quicktime";
            case MEDIA_TYPE_WEBM -> "video/webm";
            case MEDIA_TYPE_MKV -> "video/x-matroska";
            case MEDIA_TYPE_UNSPECIFIED, UNRECOGNIZED -> "application/octet-stream";
        };
    }

    private PhotosRecord find(String userId, UUID photoId) {
        return photos.find(database.sql(), userId, photoId).orElseThrow(() -> Failure.notFound("photo", photoId));
    }

    static Photo view(PhotosRecord row, List<PhotoVariantsRecord> variants) {
        MediaMetadata metadata = Protos.read(MediaMetadata.parser(), row.getMetadata());
        Photo.Builder photo = Photo.newBuilder()
                .setId(row.getId().toString())
                .setUserId(row.getUserId())
                .setState(PhotoState.valueOf("PHOTO_STATE_" + row.getState()))
                .setFilename(row.getFilename())
                .setMetadata(metadata)
                .setPreparationJobId(row.getPreparationJobId().toString())
                .setFlagged(row.getFlagged())
                .setClientId(row.getClientId())
                .setSessionId(row.getSessionId())
                .setCreateTime(Protos.timestamp(row.getCreatedAt()))
                .setUpdateTime(Protos.timestamp(row.getUpdatedAt()));
        if (row.getCorners() != null) {
            photo.setCorners(Protos.read(Corners.parser(), row.getCorners()));
        }
        if (row.getError() != null) {
            photo.setError(Protos.read(JobError.parser(), row.getError()));
        }
        List<PhotoVariant> all = new ArrayList<>();
        if (row.getOriginalDeletedAt() == null) {
            all.add(variant(ORIGINAL, contentType(metadata.getType()), metadata, row.getOriginalLostAt() != null));
        }
        variants.forEach(variant -> all.add(variant(
                variant.getName(),
                variant.getContentType(),
                Protos.read(MediaMetadata.parser(), variant.getMetadata()),
                variant.getLostAt() != null)));
        return photo.addAllVariants(all).build();
    }

    private static PhotoVariant variant(String name, String contentType, MediaMetadata metadata, boolean lost) {
        return PhotoVariant.newBuilder()
                .setName(name)
                .setContentType(contentType)
                .setWidth(metadata.getWidth())
                .setHeight(metadata.getHeight())
                .setSizeBytes(metadata.getSizeBytes())
                .setLost(lost)
                .build();
    }
}
