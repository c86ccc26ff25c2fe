package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.JOBS;
import static dev.rekindle.jobs.tables.Tables.PHOTOS;
import static dev.rekindle.jobs.tables.Tables.PHOTO_VARIANTS;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.jobs.tables.tables.records.PhotoVariantsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The SQL of photos. Whatever a user asks for is looked for among that user's rows only. */
final class PhotoStore {
    /** The variant that work is done on. */
    static final String PREPARED = "prepared";

    void insert(DSLContext sql, PhotosRecord photo) {
        sql.executeInsert(photo);
    }

    Optional<PhotosRecord> find(DSLContext sql, String userId, UUID photoId) {
        return sql.selectFrom(PHOTOS)
                .where(PHOTOS.ID.eq(photoId).and(PHOTOS.USER_ID.eq(userId)))
                .fetchOptional();
    }

    List<PhotosRecord> findAll(DSLContext sql, Collection<UUID> photoIds) {
        return sql.selectFrom(PHOTOS).where(PHOTOS.ID.in(photoIds)).fetch();
    }

    /** The user's photos of these ids, kept from changing until the transaction ends. */
    Map<UUID, PhotosRecord> share(DSLContext sql, String userId, Collection<UUID> photoIds) {
        return sql.selectFrom(PHOTOS)
                .where(PHOTOS.ID.in(photoIds).and(PHOTOS.USER_ID.eq(userId)))
                .orderBy(PHOTOS.ID)
                .forShare()
                .fetchMap(PHOTOS.ID);
    }

    /** What is in the photos, as uploaded and as prepared, by photo. */
    Map<UUID, Fingerprint.Content> contents(DSLContext sql, Collection<UUID> photoIds) {
        return sql.select(PHOTOS.ID, PHOTOS.SHA256, JOBS.SPEC)
                .from(PHOTOS)
                .join(JOBS)
                .on(JOBS.ID.eq(PHOTOS.PREPARATION_JOB_ID))
                .where(PHOTOS.ID.in(photoIds))
                .fetchMap(PHOTOS.ID, row -> new Fingerprint.Content(row.value2(), ByteString.copyFrom(row.value3())));
    }

    Optional<PhotosRecord> lock(DSLContext sql, String userId, UUID photoId) {
        return sql.selectFrom(PHOTOS)
                .where(PHOTOS.ID.eq(photoId).and(PHOTOS.USER_ID.eq(userId)))
                .forUpdate()
                .fetchOptional();
    }

    Optional<PhotosRecord> lock(DSLContext sql, UUID photoId) {
        return sql.selectFrom(PHOTOS).where(PHOTOS.ID.eq(photoId)).forUpdate().fetchOptional();
    }

    List<PhotosRecord> list(DSLContext sql, String userId, String sessionId, @Nullable UUID before, int limit) {
        Condition where = PHOTOS.USER_ID.eq(userId);
        if (!sessionId.isEmpty()) {
            where = where.and(PHOTOS.SESSION_ID.eq(sessionId));
        }
        if (before != null) {
            where = where.and(PHOTOS.ID.lt(before));
        }
        return sql.selectFrom(PHOTOS)
                .where(where)
                .orderBy(PHOTOS.ID.desc())
                .limit(limit)
                .fetch();
    }

    void update(DSLContext sql, PhotosRecord photo) {
        sql.executeUpdate(photo);
    }

    void delete(DSLContext sql, UUID photoId) {
        sql.deleteFrom(PHOTOS).where(PHOTOS.ID.eq(photoId)).execute();
    }

    void putVariant(DSLContext sql, PhotoVariantsRecord variant) {
        sql.insertInto(PHOTO_VARIANTS)
                .set(variant)
                .onConflict(PHOTO_VARIANTS.PHOTO_ID, PHOTO_VARIANTS.NAME)
                .doUpdate()
                .set(variant)
                .execute();
    }

    List<PhotoVariantsRecord> variantsOf(DSLContext sql, UUID photoId) {
        return variantsOf(sql, List.of(photoId)).getOrDefault(photoId, List.of());
    }

    Map<UUID, List<PhotoVariantsRecord>> variantsOf(DSLContext sql, Collection<UUID> photoIds) {
        return sql
                .selectFrom(PHOTO_VARIANTS)
                .where(PHOTO_VARIANTS.PHOTO_ID.in(photoIds))
                .orderBy(PHOTO_VARIANTS.NAME)
                .fetch()
                .stream()
                .collect(Collectors.groupingBy(PhotoVariantsRecord::getPhotoId));
    }

    /** What is known of the prepared pictures of these photos, by photo; nothing of those that are not prepared yet. */
    Map<UUID, MediaMetadata> prepared(DSLContext sql, Collection<UUID> photoIds) {
        return sql.select(PHOTO_VARIANTS.PHOTO_ID, PHOTO_VARIANTS.METADATA)
                .from(PHOTO_VARIANTS)
                .where(PHOTO_VARIANTS.PHOTO_ID.in(photoIds).and(PHOTO_VARIANTS.NAME.eq(PREPARED)))
                .fetchMap(PHOTO_VARIANTS.PHOTO_ID, row -> Protos.read(MediaMetadata.parser(), row.value2()));
    }

    /** Photos whose original is past its time: prepared, or failed for good. */
    List<PhotosRecord> originalsBefore(DSLContext sql, OffsetDateTime created, int limit) {
        return sql.selectFrom(PHOTOS)
                .where(PHOTOS.ORIGINAL_DELETED_AT
                        .isNull()
                        .and(PHOTOS.CREATED_AT.lt(created))
                        .and(PHOTOS.STATE.ne(DSL.inline("PREPARING"))))
                .orderBy(PHOTOS.CREATED_AT)
                .limit(limit)
                .forUpdate()
                .skipLocked()
                .fetch();
    }
}
