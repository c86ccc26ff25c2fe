package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.BATCHES;
import static dev.rekindle.jobs.tables.Tables.EXPORTS;
import static dev.rekindle.jobs.tables.Tables.JOBS;
import static dev.rekindle.jobs.tables.Tables.JOB_OUTPUTS;
import static dev.rekindle.jobs.tables.Tables.PHOTOS;
import static dev.rekindle.jobs.tables.Tables.PHOTO_VARIANTS;
import static dev.rekindle.jobs.tables.Tables.UPLOADS;

import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record4;
import org.jooq.Select;
import org.jooq.TableField;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** The SQL of which rows own which blobs. */
final class BlobOwnerStore {
    private static final int FETCH = 1000;
    private static final Field<String> KEY = DSL.field(DSL.name("key"), SQLDataType.CLOB);
    private static final Field<String> KIND = DSL.field(DSL.name("kind"), SQLDataType.CLOB);
    private static final Field<UUID> ID = DSL.field(DSL.name("id"), SQLDataType.UUID);
    private static final Field<Boolean> LOST = DSL.field(DSL.name("lost"), SQLDataType.BOOLEAN);

    /** What a blob is to the row that owns it. */
    enum Kind {
        /** Bytes on their way in; they need not be there yet. */
        UPLOAD,
        ORIGINAL,
        VARIANT,
        OUTPUT,
        MANIFEST,
        EXPORT
    }

    /**
     * A row that owns a blob.
     *
     * @param id of the upload, photo, job, batch or export
     * @param knownLost the row says already that the blob is gone
     */
    record Owner(String key, Kind kind, UUID id, boolean knownLost) {}

    private static Select<Record4<String, String, UUID, Boolean>> owners() {
        return DSL.select(
                        key(UPLOADS.BLOB_KEY),
                        kind(Kind.UPLOAD),
                        UPLOADS.ID.as(ID),
                        DSL.inline(false).as(LOST))
                .from(UPLOADS)
                .where(UPLOADS.STATE.eq(DSL.inline("OPEN")))
                .unionAll(DSL.select(
                                key(PHOTOS.ORIGINAL_KEY),
                                kind(Kind.ORIGINAL),
                                PHOTOS.ID,
                                DSL.field(PHOTOS.ORIGINAL_LOST_AT.isNotNull()))
                        .from(PHOTOS)
                        .where(PHOTOS.ORIGINAL_DELETED_AT.isNull()))
                .unionAll(DSL.select(
                                key(PHOTO_VARIANTS.BLOB_KEY),
                                kind(Kind.VARIANT),
                                PHOTO_VARIANTS.PHOTO_ID,
                                DSL.field(PHOTO_VARIANTS.LOST_AT.isNotNull()))
                        .from(PHOTO_VARIANTS))
                .unionAll(DSL.select(
                                key(JOB_OUTPUTS.BLOB_KEY),
                                kind(Kind.OUTPUT),
                                JOB_OUTPUTS.JOB_ID,
                                DSL.field(JOB_OUTPUTS.LOST_AT.isNotNull()))
                        .from(JOB_OUTPUTS))
                .unionAll(DSL.select(key(BATCHES.MANIFEST_KEY), kind(Kind.MANIFEST), BATCHES.ID, DSL.inline(false))
                        .from(BATCHES)
                        .where(BATCHES.MANIFEST_ID.isNotNull()))
                .unionAll(DSL.select(key(EXPORTS.BLOB_KEY), kind(Kind.EXPORT), EXPORTS.ID, DSL.inline(false))
                        .from(EXPORTS)
                        .where(EXPORTS.SIZE_BYTES.isNotNull()));
    }

    /** Keys sort by their bytes, as the blob store sorts them. */
    private static Field<String> key(TableField<?, String> column) {
        return DSL.field("{0} collate \"C\"", String.class, column).as(KEY);
    }

    private static Field<String> kind(Kind kind) {
        return DSL.inline(kind.name()).as(KIND);
    }

    /** All owners in the order of their keys, read as they are asked for. Only in a transaction; close it. */
    Cursor<Record4<String, String, UUID, Boolean>> all(DSLContext transaction) {
        return transaction
                .select(KEY, KIND, ID, LOST)
                .from(owners().asTable("owners"))
                .orderBy(KEY)
                .fetchSize(FETCH)
                .fetchLazy();
    }

    static Owner owner(Record4<String, String, UUID, Boolean> row) {
        return new Owner(row.value1(), Kind.valueOf(row.value2()), row.value3(), row.value4());
    }

    /** Those of the keys that a row owns now. */
    Set<String> owned(DSLContext sql, Collection<String> keys) {
        return sql.select(KEY)
                .from(owners().asTable("owners"))
                .where(KEY.in(keys))
                .fetchSet(KEY);
    }

    /** Those of the jobs that have not ended: what their workers stored may yet find its row. */
    Set<UUID> open(DSLContext sql, Collection<UUID> jobIds) {
        return sql.select(JOBS.ID)
                .from(JOBS)
                .where(JOBS.ID.in(jobIds).and(JOBS.ENDED_AT.isNull()))
                .fetchSet(JOBS.ID);
    }

    /** Lets a row say that its blob is gone. False if it owns it no longer. */
    boolean markLost(DSLContext sql, Owner owner, byte[] error, OffsetDateTime at) {
        return switch (owner.kind()) {
            case UPLOAD -> false;
            case ORIGINAL ->
                sql.update(PHOTOS)
                                .set(PHOTOS.ORIGINAL_LOST_AT, at)
                                .where(PHOTOS.ID.eq(owner.id()).and(PHOTOS.ORIGINAL_KEY.eq(owner.key())))
                                .execute()
                        > 0;
            case VARIANT -> markVariant(sql, owner, error, at);
            case OUTPUT ->
                sql.update(JOB_OUTPUTS)
                                .set(JOB_OUTPUTS.LOST_AT, at)
                                .where(JOB_OUTPUTS.JOB_ID.eq(owner.id()).and(JOB_OUTPUTS.BLOB_KEY.eq(owner.key())))
                                .execute()
                        > 0;
            case MANIFEST ->
                sql.update(BATCHES)
                                .setNull(BATCHES.MANIFEST_ID)
                                .set(BATCHES.MANIFEST_KEY, "")
                                .set(BATCHES.MANIFEST_BYTES, 0L)
                                .where(BATCHES.ID.eq(owner.id()).and(BATCHES.MANIFEST_KEY.eq(owner.key())))
                                .execute()
                        > 0;
            // It can be asked for again.
            case EXPORT ->
                sql.deleteFrom(EXPORTS).where(EXPORTS.ID.eq(owner.id())).execute() > 0;
        };
    }

    /** Nothing can be made of a photo any more whose prepared picture is gone. */
    private static boolean markVariant(DSLContext sql, Owner owner, byte[] error, OffsetDateTime at) {
        String name = sql.update(PHOTO_VARIANTS)
                .set(PHOTO_VARIANTS.LOST_AT, at)
                .where(PHOTO_VARIANTS.PHOTO_ID.eq(owner.id()).and(PHOTO_VARIANTS.BLOB_KEY.eq(owner.key())))
                .returningResult(PHOTO_VARIANTS.NAME)
                .fetchOne(PHOTO_VARIANTS.NAME);
        if ("prepared".equals(name)) {
            sql.update(PHOTOS)
                    .set(PHOTOS.STATE, "FAILED")
                    .set(PHOTOS.ERROR, error)
                    .set(PHOTOS.UPDATED_AT, at)
                    .where(PHOTOS.ID.eq(owner.id()).and(PHOTOS.STATE.eq("READY")))
                    .execute();
        }
        return name != null;
    }
}
