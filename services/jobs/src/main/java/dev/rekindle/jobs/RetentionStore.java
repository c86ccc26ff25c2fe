package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.BATCHES;
import static dev.rekindle.jobs.tables.Tables.DEAD_LETTERS;
import static dev.rekindle.jobs.tables.Tables.JOBS;
import static dev.rekindle.jobs.tables.Tables.JOB_ATTEMPTS;
import static dev.rekindle.jobs.tables.Tables.JOB_CHANGES;
import static dev.rekindle.jobs.tables.Tables.JOB_OUTPUTS;

import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** The SQL of what becomes of jobs with time. Whatever is due is locked; what another process has locked is left to it. */
final class RetentionStore {
    /** A preparation's outputs are its photo's variants and live as long as the photo. */
    private static final String PREPARATION = "PREPARATION";

    private static final Condition LETTER_IS_OPEN = DSL.exists(DSL.selectOne()
            .from(DEAD_LETTERS)
            .where(DEAD_LETTERS.JOB_ID.eq(JOBS.ID).and(DEAD_LETTERS.STATE.eq(DSL.inline("OPEN")))));

    /** Ended jobs that still have outputs made before. */
    List<JobsRecord> withOutputsBefore(DSLContext sql, OffsetDateTime before, int limit) {
        return sql.selectFrom(JOBS)
                .where(JOBS.ID.in(DSL.select(JOB_OUTPUTS.JOB_ID)
                        .from(JOB_OUTPUTS)
                        .join(JOBS)
                        .on(JOBS.ID.eq(JOB_OUTPUTS.JOB_ID))
                        .where(JOB_OUTPUTS.CREATED_AT.lt(before).and(JOBS.TYPE.ne(DSL.inline(PREPARATION))))
                        .orderBy(JOB_OUTPUTS.CREATED_AT)
                        .limit(limit)))
                .and(JOBS.ENDED_AT.isNotNull())
                .orderBy(JOBS.ID)
                .forUpdate()
                .skipLocked()
                .fetch();
    }

    /** Jobs that ended before and are not archived yet. One whose dead letter is open waits for its operator. */
    List<JobsRecord> toArchive(DSLContext sql, OffsetDateTime before, int limit) {
        return sql.selectFrom(JOBS)
                .where(JOBS.ARCHIVED_AT.isNull().and(JOBS.ENDED_AT.lt(before)).andNot(LETTER_IS_OPEN))
                .orderBy(JOBS.ENDED_AT)
                .limit(limit)
                .forUpdate()
                .skipLocked()
                .fetch();
    }

    void deleteOutputs(DSLContext sql, Collection<UUID> jobIds) {
        sql.deleteFrom(JOB_OUTPUTS).where(JOB_OUTPUTS.JOB_ID.in(jobIds)).execute();
    }

    /** Leaves of the jobs what their owners may still ask for: what was wanted, what came of it and when. */
    void archive(DSLContext sql, Collection<UUID> jobIds, OffsetDateTime at) {
        sql.deleteFrom(JOB_CHANGES).where(JOB_CHANGES.JOB_ID.in(jobIds)).execute();
        sql.deleteFrom(JOB_ATTEMPTS).where(JOB_ATTEMPTS.JOB_ID.in(jobIds)).execute();
        sql.update(JOBS)
                .set(JOBS.ARCHIVED_AT, at)
                .set(JOBS.REPORT, new String[0])
                .set(JOBS.REVISION, JOBS.REVISION.plus(1))
                .set(JOBS.UPDATED_AT, at)
                .where(JOBS.ID.in(jobIds))
                .execute();
    }

    /** Batches that ended before and still have their manifest. */
    List<BatchesRecord> withManifestBefore(DSLContext sql, OffsetDateTime before, int limit) {
        return sql.selectFrom(BATCHES)
                .where(BATCHES.ENDED_AT.lt(before).and(BATCHES.MANIFEST_ID.isNotNull()))
                .orderBy(BATCHES.ENDED_AT)
                .limit(limit)
                .forUpdate()
                .skipLocked()
                .fetch();
    }

    /** Jobs past their history, with all that hangs on them. */
    List<JobsRecord> past(DSLContext sql, OffsetDateTime before, int limit) {
        return sql.selectFrom(JOBS)
                .where(JOBS.ENDED_AT.lt(before))
                .orderBy(JOBS.ENDED_AT)
                .limit(limit)
                .forUpdate()
                .skipLocked()
                .fetch();
    }

    void delete(DSLContext sql, Collection<UUID> jobIds) {
        sql.deleteFrom(JOBS).where(JOBS.ID.in(jobIds)).execute();
    }

    /** Deletes batches that ended before and have no jobs any more. */
    void deleteEmptyBatches(DSLContext sql, OffsetDateTime before) {
        sql.deleteFrom(BATCHES)
                .where(BATCHES.ENDED_AT.lt(before))
                .andNotExists(DSL.selectOne().from(JOBS).where(JOBS.BATCH_ID.eq(BATCHES.ID)))
                .execute();
    }
}
