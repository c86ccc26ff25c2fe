package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.BATCHES;
import static dev.rekindle.jobs.tables.Tables.ERASURES;
import static dev.rekindle.jobs.tables.Tables.FLAGS;
import static dev.rekindle.jobs.tables.Tables.HANDOFFS;
import static dev.rekindle.jobs.tables.Tables.IDEMPOTENCY;
import static dev.rekindle.jobs.tables.Tables.JOBS;
import static dev.rekindle.jobs.tables.Tables.PHOTOS;
import static dev.rekindle.jobs.tables.Tables.UPLOADS;

import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.tables.tables.records.UploadsRecord;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** The SQL of erasing users. Every statement takes a batch at most, and each batch another until none is left. */
final class ErasureStore {

    /** Nothing of the user is taken in from the commit on. Waits for those who are writing now. */
    void close(DSLContext sql, String userId, OffsetDateTime now) {
        sql.select(DSL.field("pg_advisory_xact_lock(hashtextextended({0}, 8))", Object.class, DSL.val(userId)))
                .fetch();
        sql.insertInto(ERASURES)
                .set(ERASURES.USER_ID, userId)
                .set(ERASURES.BEGUN_AT, now)
                .onConflictDoNothing()
                .execute();
    }

    void admit(DSLContext sql, String userId) {
        sql.deleteFrom(ERASURES).where(ERASURES.USER_ID.eq(userId)).execute();
    }

    /** Jobs that have not ended, or whose owner's retry is not settled with credits yet. */
    List<UUID> unsettledJobs(DSLContext sql, String userId, int limit) {
        return sql.select(JOBS.ID)
                .from(JOBS)
                .where(JOBS.USER_ID.eq(userId))
                .and(JOBS.ENDED_AT
                        .isNull()
                        .or(JOBS.STATE
                                .eq("FAILED")
                                .and(JOBS.CREDIT_COST.gt(0))
                                .and(JOBS.REFUNDED_CHARGE.lt(JOBS.CHARGE))))
                .limit(limit)
                .fetch(JOBS.ID);
    }

    List<UploadsRecord> uploads(DSLContext sql, String userId, int limit) {
        return sql.selectFrom(UPLOADS)
                .where(UPLOADS.USER_ID.eq(userId))
                .limit(limit)
                .fetch();
    }

    void deleteUploads(DSLContext sql, List<UUID> ids) {
        sql.deleteFrom(UPLOADS).where(UPLOADS.ID.in(ids)).execute();
    }

    List<UUID> photos(DSLContext sql, String userId, int limit) {
        return sql.select(PHOTOS.ID)
                .from(PHOTOS)
                .where(PHOTOS.USER_ID.eq(userId))
                .limit(limit)
                .fetch(PHOTOS.ID);
    }

    void deletePhotos(DSLContext sql, List<UUID> ids) {
        sql.deleteFrom(PHOTOS).where(PHOTOS.ID.in(ids)).execute();
    }

    List<UUID> jobs(DSLContext sql, String userId, int limit) {
        return sql.select(JOBS.ID)
                .from(JOBS)
                .where(JOBS.USER_ID.eq(userId))
                .limit(limit)
                .fetch(JOBS.ID);
    }

    /** With all that hangs on them: photos, attempts, outputs, changes, dead letters and what was said about those. */
    void deleteJobs(DSLContext sql, List<UUID> ids) {
        sql.deleteFrom(JOBS).where(JOBS.ID.in(ids)).execute();
    }

    List<BatchesRecord> batches(DSLContext sql, String userId, int limit) {
        return sql.selectFrom(BATCHES)
                .where(BATCHES.USER_ID.eq(userId))
                .limit(limit)
                .fetch();
    }

    void deleteBatches(DSLContext sql, List<UUID> ids) {
        sql.deleteFrom(BATCHES).where(BATCHES.ID.in(ids)).execute();
    }

    /** What is small: a user has few of each. */
    void deleteFlagsAndHandoffs(DSLContext sql, String userId) {
        sql.deleteFrom(FLAGS).where(FLAGS.USER_ID.eq(userId)).execute();
        sql.deleteFrom(HANDOFFS).where(HANDOFFS.USER_ID.eq(userId)).execute();
    }

    void deleteRequestIds(DSLContext sql, String userId) {
        sql.deleteFrom(IDEMPOTENCY).where(IDEMPOTENCY.USER_ID.eq(userId)).execute();
    }
}
