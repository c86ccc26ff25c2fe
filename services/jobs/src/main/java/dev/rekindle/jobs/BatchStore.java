package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.BATCHES;
import static dev.rekindle.jobs.tables.Tables.JOBS;
import static dev.rekindle.jobs.tables.Tables.JOB_PHOTOS;

import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.JobState;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** The SQL of batches and of the jobs in one. Whatever a user asks for is looked for among that user's rows only. */
final class BatchStore {

    void insert(DSLContext sql, BatchesRecord batch) {
        sql.executeInsert(batch);
    }

    void update(DSLContext sql, BatchesRecord batch) {
        sql.executeUpdate(batch);
    }

    /** Takes a batch and its jobs away. */
    void delete(DSLContext sql, UUID batchId) {
        sql.deleteFrom(BATCHES).where(BATCHES.ID.eq(batchId)).execute();
    }

    Optional<BatchesRecord> find(DSLContext sql, String userId, UUID batchId) {
        return sql.selectFrom(BATCHES)
                .where(BATCHES.ID.eq(batchId).and(BATCHES.USER_ID.eq(userId)))
                .fetchOptional();
    }

    Optional<BatchesRecord> find(DSLContext sql, UUID batchId) {
        return sql.selectFrom(BATCHES).where(BATCHES.ID.eq(batchId)).fetchOptional();
    }

    Optional<BatchesRecord> lock(DSLContext sql, UUID batchId) {
        return sql.selectFrom(BATCHES).where(BATCHES.ID.eq(batchId)).forUpdate().fetchOptional();
    }

    int countOpen(DSLContext sql, String userId) {
        return sql.fetchCount(BATCHES, BATCHES.USER_ID.eq(userId).and(DSL.condition("ended_at is null")));
    }

    /** The jobs of a batch, in the order in which they were asked for. */
    List<JobsRecord> jobsOf(DSLContext sql, UUID batchId) {
        return sql.selectFrom(JOBS)
                .where(JOBS.BATCH_ID.eq(batchId))
                .orderBy(JOBS.BATCH_PLACE)
                .fetch();
    }

    /** The jobs of a batch, locked, in the order in which they were asked for, which is that of their ids. */
    List<JobsRecord> lockJobs(DSLContext sql, UUID batchId) {
        return sql.selectFrom(JOBS)
                .where(JOBS.BATCH_ID.eq(batchId))
                .orderBy(JOBS.ID)
                .forUpdate()
                .fetch();
    }

    List<UUID> photosOf(DSLContext sql, UUID batchId) {
        return sql.selectDistinct(JOB_PHOTOS.PHOTO_ID)
                .from(JOB_PHOTOS)
                .join(JOBS)
                .on(JOBS.ID.eq(JOB_PHOTOS.JOB_ID))
                .where(JOBS.BATCH_ID.eq(batchId))
                .fetch(JOB_PHOTOS.PHOTO_ID);
    }

    /** What a batch is made of: its jobs in the order asked for, and the state of each. */
    Map<UUID, JobState> states(DSLContext sql, UUID batchId) {
        return sql.select(JOBS.ID, JOBS.STATE)
                .from(JOBS)
                .where(JOBS.BATCH_ID.eq(batchId))
                .orderBy(JOBS.BATCH_PLACE)
                .fetch()
                .intoMap(JOBS.ID, row -> JobViews.stateOf(row.value2()));
    }

    List<JobsRecord> running(DSLContext sql, UUID batchId) {
        return sql.selectFrom(JOBS)
                .where(JOBS.BATCH_ID.eq(batchId).and(JOBS.STATE.eq("PROCESSING")))
                .fetch();
    }

    /** The jobs of a batch that have not ended, in the order asked for. */
    List<UUID> open(DSLContext sql, UUID batchId) {
        return sql.select(JOBS.ID)
                .from(JOBS)
                .where(isOpen(batchId))
                .orderBy(JOBS.BATCH_PLACE)
                .fetch(JOBS.ID);
    }

    boolean hasOpen(DSLContext sql, UUID batchId) {
        return sql.fetchExists(JOBS, isOpen(batchId));
    }

    private static Condition isOpen(UUID batchId) {
        return JOBS.BATCH_ID.eq(batchId).and(JOBS.ENDED_AT.isNull());
    }

    /** True if a job of the batch has failed since the batch was created or last begun again. */
    boolean hasFailed(DSLContext sql, BatchesRecord batch) {
        OffsetDateTime since = batch.getReopenedAt() == null ? batch.getCreatedAt() : batch.getReopenedAt();
        return sql.fetchExists(
                JOBS,
                JOBS.BATCH_ID.eq(batch.getId()).and(JOBS.STATE.eq("FAILED")).and(JOBS.ENDED_AT.ge(since)));
    }

    /** A job of the batch runs again: the batch has not ended, whatever came of it before. */
    void reopen(DSLContext sql, UUID batchId, OffsetDateTime at) {
        sql.update(BATCHES)
                .setNull(BATCHES.ENDED_AT)
                .setNull(BATCHES.MANIFEST_ID)
                .setNull(BATCHES.CANCEL_REQUESTED_AT)
                .set(BATCHES.REOPENED_AT, at)
                .where(BATCHES.ID.eq(batchId).and(BATCHES.ENDED_AT.isNotNull()))
                .execute();
    }

    /** All batches of a user, newest first. */
    List<BatchesRecord> ofUser(DSLContext sql, String userId) {
        return sql.selectFrom(BATCHES)
                .where(BATCHES.USER_ID.eq(userId))
                .orderBy(BATCHES.ID.desc())
                .fetch();
    }

    /** The manifest of that id, if it is of a batch of the user's that has a job with the photo. */
    Optional<BatchesRecord> findManifest(DSLContext sql, String userId, UUID photoId, UUID manifestId) {
        return sql.selectFrom(BATCHES)
                .where(BATCHES.MANIFEST_ID.eq(manifestId).and(BATCHES.USER_ID.eq(userId)))
                .and(DSL.exists(DSL.select(JOBS.ID)
                        .from(JOBS)
                        .join(JOB_PHOTOS)
                        .on(JOB_PHOTOS.JOB_ID.eq(JOBS.ID))
                        .where(JOBS.BATCH_ID.eq(BATCHES.ID).and(JOB_PHOTOS.PHOTO_ID.eq(photoId)))))
                .fetchOptional();
    }
}
