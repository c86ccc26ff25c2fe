package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.RUN_TIMES;
import static dev.rekindle.jobs.tables.Tables.STATED_WAITS;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** The SQL of how long work took, and of how long it was said to wait. */
final class RunTimeStore {
    private static final int KEPT_MAX = 100;
    private static final Field<Long[]> NEWEST_FIRST =
            DSL.field("(excluded.millis || {0})[1:{1}]", Long[].class, RUN_TIMES.MILLIS, DSL.inline(KEPT_MAX));

    /** Which runs are like each other. */
    record Like(String jobType, String engine, int sizeBucket) {}

    /**
     * Adds a run.
     *
     * @param millis by stage, in the order of the stages' names, so that two who write wait for each other in order
     */
    void add(DSLContext sql, Like like, SortedMap<String, Long> millis, OffsetDateTime at) {
        var insert = sql.insertInto(
                RUN_TIMES,
                RUN_TIMES.JOB_TYPE,
                RUN_TIMES.ENGINE,
                RUN_TIMES.SIZE_BUCKET,
                RUN_TIMES.STAGE,
                RUN_TIMES.MILLIS,
                RUN_TIMES.UPDATED_AT);
        for (Map.Entry<String, Long> entry : millis.entrySet()) {
            insert = insert.values(
                    like.jobType(),
                    like.engine(),
                    like.sizeBucket(),
                    entry.getKey(),
                    new Long[] {entry.getValue()},
                    at);
        }
        insert.onConflict(RUN_TIMES.JOB_TYPE, RUN_TIMES.ENGINE, RUN_TIMES.SIZE_BUCKET, RUN_TIMES.STAGE)
                .doUpdate()
                .set(RUN_TIMES.MILLIS, NEWEST_FIRST)
                .set(RUN_TIMES.UPDATED_AT, at)
                .execute();
    }

    RunHistory history(DSLContext sql, String jobType) {
        return new RunHistory(sql.selectFrom(RUN_TIMES)
                .where(RUN_TIMES.JOB_TYPE.eq(jobType))
                .fetch(row -> new RunHistory.Series(
                        row.getEngine(),
                        row.getSizeBucket(),
                        row.getStage(),
                        List.of(row.getMillis()),
                        row.getUpdatedAt().toInstant())));
    }

    /** A wait that its owner was told. */
    record Stated(UUID jobId, String lane, Duration low, Duration high, OffsetDateTime at) {}

    /** Keeps what was stated. What was stated of a job before stands. */
    void state(DSLContext sql, List<Stated> waits) {
        var insert = sql.insertInto(
                STATED_WAITS,
                STATED_WAITS.JOB_ID,
                STATED_WAITS.LANE,
                STATED_WAITS.LOW_MILLIS,
                STATED_WAITS.HIGH_MILLIS,
                STATED_WAITS.STATED_AT);
        for (Stated wait : waits) {
            insert = insert.values(
                    wait.jobId(),
                    wait.lane(),
                    wait.low().toMillis(),
                    wait.high().toMillis(),
                    wait.at());
        }
        insert.onConflictDoNothing().execute();
    }

    /** What was stated of a job's wait, which is over now. */
    Optional<Stated> takeStated(DSLContext sql, UUID jobId) {
        return sql.deleteFrom(STATED_WAITS)
                .where(STATED_WAITS.JOB_ID.eq(jobId))
                .returning()
                .fetchOptional(row -> new Stated(
                        row.getJobId(),
                        row.getLane(),
                        Duration.ofMillis(row.getLowMillis()),
                        Duration.ofMillis(row.getHighMillis()),
                        row.getStatedAt()));
    }

    /** Forgets what was stated of jobs that never began. */
    void forgetStatedBefore(DSLContext sql, OffsetDateTime before) {
        sql.deleteFrom(STATED_WAITS).where(STATED_WAITS.STATED_AT.lt(before)).execute();
    }
}
