package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.UPLOADS;

import dev.rekindle.jobs.tables.tables.records.UploadsRecord;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** The SQL of uploads. Whatever is asked for is looked for among the rows of whoever asks only. */
final class UploadStore {

    void insert(DSLContext sql, UploadsRecord upload) {
        sql.executeInsert(upload);
    }

    Optional<UploadsRecord> find(DSLContext sql, Uploader by, UUID uploadId) {
        Condition theirs = UPLOADS.USER_ID.eq(by.userId());
        if (by.handoffId() != null) {
            theirs = theirs.and(UPLOADS.HANDOFF_ID.eq(by.handoffId()));
        }
        return sql.selectFrom(UPLOADS)
                .where(UPLOADS.ID.eq(uploadId).and(theirs))
                .fetchOptional();
    }

    Optional<UploadsRecord> lock(DSLContext sql, String userId, UUID uploadId) {
        return sql.selectFrom(UPLOADS)
                .where(UPLOADS.ID.eq(uploadId).and(UPLOADS.USER_ID.eq(userId)))
                .forUpdate()
                .fetchOptional();
    }

    void update(DSLContext sql, UploadsRecord upload) {
        sql.executeUpdate(upload);
    }

    /**
     * Remembers stored bytes, if the upload still stands where the writer found it: of two writers one wins.
     *
     * @return false if somebody else wrote in between
     */
    boolean advance(DSLContext sql, UploadsRecord upload, long from) {
        return sql.update(UPLOADS)
                        .set(UPLOADS.OFFSET_BYTES, upload.getOffsetBytes())
                        .set(UPLOADS.PARTS_ID, upload.getPartsId())
                        .set(UPLOADS.PART_ETAGS, upload.getPartEtags())
                        .where(UPLOADS.ID
                                .eq(upload.getId())
                                .and(UPLOADS.OFFSET_BYTES.eq(from))
                                .and(UPLOADS.STATE.eq(DSL.inline("OPEN"))))
                        .execute()
                == 1;
    }

    List<UploadsRecord> expired(DSLContext sql, OffsetDateTime now, int limit) {
        return sql.selectFrom(UPLOADS)
                .where(UPLOADS.STATE.eq(DSL.inline("OPEN")).and(UPLOADS.EXPIRES_AT.lt(now)))
                .orderBy(UPLOADS.EXPIRES_AT)
                .limit(limit)
                .fetch();
    }
}
