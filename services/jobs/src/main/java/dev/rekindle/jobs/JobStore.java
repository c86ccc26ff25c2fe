package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.JOBS;
import static dev.rekindle.jobs.tables.Tables.JOB_ATTEMPTS;
import static dev.rekindle.jobs.tables.Tables.JOB_CHANGES;
import static dev.rekindle.jobs.tables.Tables.JOB_OUTPUTS;
import static dev.rekindle.jobs.tables.Tables.JOB_PHOTOS;

import dev.rekindle.jobs.tables.tables.records.JobAttemptsRecord;
import dev.rekindle.jobs.tables.tables.records.JobChangesRecord;
import dev.rekindle.jobs.tables.tables.records.JobOutputsRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
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

/** The SQL of jobs. Whatever a user asks for is looked for among that user's rows only. */
final class JobStore {
    /** Written as the index has it, so that the planner sees that the partial index will do. */
    private static final Condition OPEN =
            DSL.condition("state in ('PENDING', 'QUEUED', 'PROCESSING', 'RETRY_SCHEDULED')");

    private static final Condition WAITING = JOBS.STATE.ne(DSL.inline("PROCESSING"));

    /** Which jobs a user wants listed. Empty lists and nulls mean all. */
    record Filter(
            List<String> states,
            List<String> types,
            @Nullable UUID photoId,
            @Nullable UUID batchId,
            boolean archivedToo) {}

    Optional<JobsRecord> find(DSLContext sql, String userId, UUID jobId) {
        return sql.selectFrom(JOBS)
                .where(JOBS.ID.eq(jobId).and(JOBS.USER_ID.eq(userId)))
                .fetchOptional();
    }

    Optional<JobsRecord> lock(DSLContext sql, UUID jobId) {
        return sql.selectFrom(JOBS).where(JOBS.ID.eq(jobId)).forUpdate().fetchOptional();
    }

    /** Jobs, locked in the order of their ids, so that two who lock many wait for each other. */
    List<JobsRecord> lock(DSLContext sql, Collection<UUID> jobIds) {
        return sql.selectFrom(JOBS)
                .where(JOBS.ID.in(jobIds))
                .orderBy(JOBS.ID)
                .forUpdate()
                .fetch();
    }

    List<JobsRecord> findAll(DSLContext sql, Collection<UUID> jobIds) {
        return sql.selectFrom(JOBS).where(JOBS.ID.in(jobIds)).fetch();
    }

    /** Those of the jobs that have ended or are to be cancelled: nothing is to be begun for them. */
    List<UUID> endedOf(DSLContext sql, Collection<UUID> jobIds) {
        return sql.select(JOBS.ID)
                .from(JOBS)
                .where(JOBS.ID.in(jobIds).and(JOBS.ENDED_AT.isNotNull().or(JOBS.CANCEL_REQUESTED_AT.isNotNull())))
                .fetch(JOBS.ID);
    }

    void insert(DSLContext sql, JobsRecord job, List<UUID> photoIds) {
        insert(sql, List.of(job), List.of(photoIds));
    }

    /** Writes new jobs with their photos, in the order of the jobs. */
    void insert(DSLContext sql, List<JobsRecord> rows, List<List<UUID>> photoIds) {
        sql.batchInsert(rows).execute();
        var insert = sql.insertInto(JOB_PHOTOS, JOB_PHOTOS.JOB_ID, JOB_PHOTOS.PLACE, JOB_PHOTOS.PHOTO_ID);
        for (int i = 0; i < rows.size(); i++) {
            List<UUID> photos = photoIds.get(i);
            for (int place = 0; place < photos.size(); place++) {
                insert = insert.values(rows.get(i).getId(), place, photos.get(place));
            }
        }
        insert.execute();
    }

    /**
     * The newest job of the user's that is, or did, the same work: not failed, not given up, its results still there.
     *
     * @param since jobs created before are not looked at
     */
    Optional<JobsRecord> findSame(DSLContext sql, String userId, byte[] fingerprint, OffsetDateTime since) {
        Condition alive = JOBS.STATE
                .notIn("FAILED", "CANCELLED", "COMPLETED")
                .and(JOBS.CANCEL_REQUESTED_AT.isNull())
                .or(JOBS.STATE
                        .eq("COMPLETED")
                        .and(DSL.exists(
                                DSL.select(JOB_OUTPUTS.ID).from(JOB_OUTPUTS).where(JOB_OUTPUTS.JOB_ID.eq(JOBS.ID)))))
                .andNotExists(DSL.selectOne()
                        .from(JOB_OUTPUTS)
                        .where(JOB_OUTPUTS.JOB_ID.eq(JOBS.ID).and(JOB_OUTPUTS.LOST_AT.isNotNull())));
        return sql.selectFrom(JOBS)
                .where(JOBS.USER_ID.eq(userId).and(JOBS.FINGERPRINT.eq(fingerprint)))
                .and(JOBS.CREATED_AT.ge(since))
                .and(alive)
                .orderBy(JOBS.ID.desc())
                .limit(1)
                .fetchOptional();
    }

    void update(DSLContext sql, List<JobsRecord> rows) {
        if (rows.size() == 1) {
            sql.executeUpdate(rows.getFirst());
        } else {
            sql.batchUpdate(rows).execute();
        }
    }

    void delete(DSLContext sql, UUID jobId) {
        sql.deleteFrom(JOBS).where(JOBS.ID.eq(jobId)).execute();
    }

    /** The user's jobs, newest first, older than the row of the page token where there is one. */
    List<JobsRecord> list(DSLContext sql, String userId, Filter filter, @Nullable UUID before, int limit) {
        Condition where = JOBS.USER_ID.eq(userId);
        if (before != null) {
            where = where.and(JOBS.ID.lt(before));
        }
        if (!filter.states().isEmpty()) {
            where = where.and(JOBS.STATE.in(filter.states()));
        }
        where = where.and(filter.types().isEmpty() ? JOBS.TYPE.ne("PREPARATION") : JOBS.TYPE.in(filter.types()));
        if (!filter.archivedToo()) {
            where = where.and(JOBS.ARCHIVED_AT.isNull());
        }
        if (filter.photoId() != null) {
            where = where.and(JOBS.ID.in(
                    DSL.select(JOB_PHOTOS.JOB_ID).from(JOB_PHOTOS).where(JOB_PHOTOS.PHOTO_ID.eq(filter.photoId()))));
        }
        if (filter.batchId() != null) {
            where = where.and(JOBS.BATCH_ID.eq(filter.batchId()));
        }
        return sql.selectFrom(JOBS)
                .where(where)
                .orderBy(JOBS.ID.desc())
                .limit(limit)
                .fetch();
    }

    /** Open jobs the user created one by one; those of batches are limited by batch. */
    int countOpen(DSLContext sql, String userId) {
        return sql.fetchCount(
                JOBS,
                JOBS.USER_ID
                        .eq(userId)
                        .and(OPEN)
                        .and(JOBS.TYPE.ne("PREPARATION"))
                        .and(JOBS.BATCH_ID.isNull()));
    }

    /** Makes creations of one user wait for each other until the transaction ends, so that limits hold. */
    void lockUser(DSLContext sql, String userId) {
        sql.select(DSL.field("pg_advisory_xact_lock(hashtextextended({0}, 7))", Object.class, DSL.val(userId)))
                .fetch();
    }

    /** Open jobs in the order of their ids, from after one on. */
    List<JobsRecord> openAfter(DSLContext sql, UUID after, OffsetDateTime updatedBefore, int limit) {
        return sql.selectFrom(JOBS)
                .where(OPEN.and(JOBS.ID.gt(after)).and(JOBS.UPDATED_AT.lt(updatedBefore)))
                .orderBy(JOBS.ID)
                .limit(limit)
                .fetch();
    }

    /** Users with jobs that wait, in the order of their ids, from after one on. */
    List<String> waitingUsers(DSLContext sql, String after, int limit) {
        return sql.selectDistinct(JOBS.USER_ID)
                .from(JOBS)
                .where(OPEN.and(WAITING).and(JOBS.USER_ID.gt(after)))
                .orderBy(JOBS.USER_ID)
                .limit(limit)
                .fetch(JOBS.USER_ID);
    }

    /** A user's jobs that wait, in the order of their ids, from after one on. */
    List<JobsRecord> waitingOf(DSLContext sql, String userId, UUID after, int limit) {
        return sql.selectFrom(JOBS)
                .where(OPEN.and(WAITING).and(JOBS.USER_ID.eq(userId)).and(JOBS.ID.gt(after)))
                .orderBy(JOBS.ID)
                .limit(limit)
                .fetch();
    }

    /** Failed jobs whose owner's retry was cut off after its charge. */
    List<UUID> halfRetried(DSLContext sql, OffsetDateTime before, int limit) {
        return sql.select(JOBS.ID)
                .from(JOBS)
                .where(DSL.condition("state = 'FAILED' and refunded_charge < charge")
                        .and(JOBS.UPDATED_AT.lt(before)))
                .limit(limit)
                .fetch(JOBS.ID);
    }

    /** Charged jobs that wait for their photos. */
    List<UUID> waitingForPhoto(DSLContext sql, UUID photoId) {
        return sql.select(JOBS.ID)
                .from(JOBS)
                .join(JOB_PHOTOS)
                .on(JOB_PHOTOS.JOB_ID.eq(JOBS.ID))
                .where(JOB_PHOTOS.PHOTO_ID.eq(photoId).and(JOBS.STATE.eq(DSL.inline("PENDING"))))
                .fetch(JOBS.ID);
    }

    List<UUID> openOfPhoto(DSLContext sql, UUID photoId) {
        return sql.select(JOBS.ID)
                .from(JOBS)
                .join(JOB_PHOTOS)
                .on(JOB_PHOTOS.JOB_ID.eq(JOBS.ID))
                .where(OPEN.and(JOB_PHOTOS.PHOTO_ID.eq(photoId)))
                .fetch(JOBS.ID);
    }

    List<UUID> photosOf(DSLContext sql, UUID jobId) {
        return sql.select(JOB_PHOTOS.PHOTO_ID)
                .from(JOB_PHOTOS)
                .where(JOB_PHOTOS.JOB_ID.eq(jobId))
                .orderBy(JOB_PHOTOS.PLACE)
                .fetch(JOB_PHOTOS.PHOTO_ID);
    }

    Map<UUID, List<UUID>> photosOf(DSLContext sql, Collection<UUID> jobIds) {
        return sql.select(JOB_PHOTOS.JOB_ID, JOB_PHOTOS.PHOTO_ID)
                .from(JOB_PHOTOS)
                .where(JOB_PHOTOS.JOB_ID.in(jobIds))
                .orderBy(JOB_PHOTOS.JOB_ID, JOB_PHOTOS.PLACE)
                .fetchGroups(JOB_PHOTOS.JOB_ID, JOB_PHOTOS.PHOTO_ID);
    }

    Map<UUID, List<JobOutputsRecord>> outputsOf(DSLContext sql, Collection<UUID> jobIds) {
        return sql
                .selectFrom(JOB_OUTPUTS)
                .where(JOB_OUTPUTS.JOB_ID.in(jobIds))
                .orderBy(JOB_OUTPUTS.NAME)
                .fetch()
                .stream()
                .collect(Collectors.groupingBy(JobOutputsRecord::getJobId));
    }

    /** One output of a job of the photo, if both are the user's. */
    Optional<JobOutputsRecord> findOutput(DSLContext sql, String userId, UUID photoId, UUID outputId) {
        return sql.select(JOB_OUTPUTS.fields())
                .from(JOB_OUTPUTS)
                .join(JOBS)
                .on(JOBS.ID.eq(JOB_OUTPUTS.JOB_ID).and(JOBS.USER_ID.eq(userId)))
                .join(JOB_PHOTOS)
                .on(JOB_PHOTOS.JOB_ID.eq(JOBS.ID).and(JOB_PHOTOS.PHOTO_ID.eq(photoId)))
                .where(JOB_OUTPUTS.ID.eq(outputId))
                .fetchOptionalInto(JobOutputsRecord.class);
    }

    void insertOutput(DSLContext sql, JobOutputsRecord output) {
        sql.executeInsert(output);
    }

    void deleteOutputsOfPhoto(DSLContext sql, UUID photoId) {
        sql.deleteFrom(JOB_OUTPUTS)
                .where(JOB_OUTPUTS.JOB_ID.in(
                        DSL.select(JOB_PHOTOS.JOB_ID).from(JOB_PHOTOS).where(JOB_PHOTOS.PHOTO_ID.eq(photoId))))
                .execute();
    }

    /** All jobs of a photo, ended ones too. */
    List<UUID> jobsOfPhoto(DSLContext sql, UUID photoId) {
        return sql.select(JOB_PHOTOS.JOB_ID)
                .from(JOB_PHOTOS)
                .where(JOB_PHOTOS.PHOTO_ID.eq(photoId))
                .fetch(JOB_PHOTOS.JOB_ID);
    }

    void insertAttempt(DSLContext sql, JobAttemptsRecord attempt) {
        sql.insertInto(JOB_ATTEMPTS).set(attempt).onConflictDoNothing().execute();
    }

    /** The attempts of jobs, oldest first. */
    Map<UUID, List<JobAttemptsRecord>> attemptsOf(DSLContext sql, Collection<UUID> jobIds) {
        return sql
                .selectFrom(JOB_ATTEMPTS)
                .where(JOB_ATTEMPTS.JOB_ID.in(jobIds))
                .orderBy(JOB_ATTEMPTS.STARTED_AT)
                .fetch()
                .stream()
                .collect(Collectors.groupingBy(JobAttemptsRecord::getJobId));
    }

    boolean hasAttempt(DSLContext sql, UUID jobId, String leaseId) {
        return sql.fetchExists(JOB_ATTEMPTS, JOB_ATTEMPTS.JOB_ID.eq(jobId).and(JOB_ATTEMPTS.LEASE_ID.eq(leaseId)));
    }

    void endAttempt(DSLContext sql, JobAttemptsRecord attempt) {
        sql.update(JOB_ATTEMPTS)
                .set(JOB_ATTEMPTS.ENDED_AT, attempt.getEndedAt())
                .set(JOB_ATTEMPTS.ERROR, attempt.getError())
                .set(JOB_ATTEMPTS.DETAIL, attempt.getDetail())
                .set(JOB_ATTEMPTS.COST_MICRO_USD, attempt.getCostMicroUsd())
                .where(JOB_ATTEMPTS.JOB_ID.eq(attempt.getJobId()).and(JOB_ATTEMPTS.LEASE_ID.eq(attempt.getLeaseId())))
                .execute();
    }

    /** Ends what is open of a job's attempts: one at the most. */
    void endOpenAttempt(DSLContext sql, UUID jobId, OffsetDateTime at, JobError error, String detail) {
        sql.update(JOB_ATTEMPTS)
                .set(JOB_ATTEMPTS.ENDED_AT, at)
                .set(JOB_ATTEMPTS.ERROR, error.toByteArray())
                .set(JOB_ATTEMPTS.DETAIL, detail)
                .where(JOB_ATTEMPTS.JOB_ID.eq(jobId).and(JOB_ATTEMPTS.ENDED_AT.isNull()))
                .execute();
    }

    /** A change of a job that is told: the job as it is then and the run it is in, and the event. */
    record Told(Job job, String leaseId, UUID eventId, OffsetDateTime at) {}

    void insertChanges(DSLContext sql, List<Told> changes) {
        var insert = sql.insertInto(
                JOB_CHANGES,
                JOB_CHANGES.JOB_ID,
                JOB_CHANGES.REVISION,
                JOB_CHANGES.EVENT_ID,
                JOB_CHANGES.SNAPSHOT,
                JOB_CHANGES.CREATED_AT,
                JOB_CHANGES.LEASE_ID);
        for (Told told : changes) {
            Job job = told.job();
            insert = insert.values(
                    UUID.fromString(job.getId()),
                    job.getRevision(),
                    told.eventId(),
                    job.toByteArray(),
                    told.at(),
                    told.leaseId());
        }
        insert.execute();
    }

    /** Changes of a job above a revision, oldest first. */
    List<JobChangesRecord> changesAfter(DSLContext sql, UUID jobId, long revision) {
        return sql.selectFrom(JOB_CHANGES)
                .where(JOB_CHANGES.JOB_ID.eq(jobId).and(JOB_CHANGES.REVISION.gt(revision)))
                .orderBy(JOB_CHANGES.REVISION)
                .fetch();
    }

    Optional<JobChangesRecord> findChange(DSLContext sql, UUID jobId, UUID eventId) {
        return sql.selectFrom(JOB_CHANGES)
                .where(JOB_CHANGES.JOB_ID.eq(jobId).and(JOB_CHANGES.EVENT_ID.eq(eventId)))
                .fetchOptional();
    }

    Optional<JobChangesRecord> lastChange(DSLContext sql, UUID jobId) {
        return sql.selectFrom(JOB_CHANGES)
                .where(JOB_CHANGES.JOB_ID.eq(jobId))
                .orderBy(JOB_CHANGES.REVISION.desc())
                .limit(1)
                .fetchOptional();
    }

    /** What an open job is measured by: the pixels of its photos together, and the run it was in at a revision. */
    record Run(long pixels, long revision, String leaseId) {}

    Map<UUID, Run> runsOf(DSLContext sql, Collection<UUID> jobIds) {
        return sql.select(JOBS.ID, JOBS.PIXELS, JOBS.REVISION, JOBS.LEASE_ID)
                .from(JOBS)
                .where(JOBS.ID.in(jobIds))
                .fetchMap(JOBS.ID, row -> new Run(row.value2(), row.value3(), row.value4()));
    }

    Map<UUID, Long> revisions(DSLContext sql, Collection<UUID> jobIds) {
        return sql.select(JOBS.ID, JOBS.REVISION)
                .from(JOBS)
                .where(JOBS.ID.in(jobIds))
                .fetchMap(JOBS.ID, JOBS.REVISION);
    }
}
