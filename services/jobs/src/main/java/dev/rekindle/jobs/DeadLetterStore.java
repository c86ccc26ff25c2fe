package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.ALARMS;
import static dev.rekindle.jobs.tables.Tables.DEAD_LETTERS;
import static dev.rekindle.jobs.tables.Tables.DEAD_LETTER_NOTES;
import static dev.rekindle.jobs.tables.Tables.JOBS;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.jobs.tables.tables.records.DeadLetterNotesRecord;
import dev.rekindle.jobs.tables.tables.records.DeadLettersRecord;
import dev.rekindle.jobs.v1.DeadLetterState;
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

/** The SQL of dead letters. They are for operators, so nothing here asks whose the job is. */
final class DeadLetterStore {

    /** Opens the letter of a job that failed for good in this moment; its notes of earlier failures stay. */
    void open(DSLContext sql, UUID jobId, UUID letterId, FailureClass failureClass, OffsetDateTime at) {
        sql.insertInto(
                        DEAD_LETTERS,
                        DEAD_LETTERS.JOB_ID,
                        DEAD_LETTERS.LETTER_ID,
                        DEAD_LETTERS.FAILURE_CLASS,
                        DEAD_LETTERS.CREATED_AT)
                .values(jobId, letterId, nameOf(failureClass), at)
                .onConflict(DEAD_LETTERS.JOB_ID)
                .doUpdate()
                .set(DEAD_LETTERS.LETTER_ID, letterId)
                .set(DEAD_LETTERS.FAILURE_CLASS, nameOf(failureClass))
                .set(DEAD_LETTERS.CREATED_AT, at)
                .set(DEAD_LETTERS.STATE, "OPEN")
                .set(DEAD_LETTERS.RESOLVED_BY, "")
                .setNull(DEAD_LETTERS.RESOLVED_AT)
                .execute();
    }

    /** The job runs again, at whose wish ever. */
    void retried(DSLContext sql, UUID jobId, String by, OffsetDateTime at) {
        resolve(sql, DEAD_LETTERS.JOB_ID.eq(jobId), DeadLetterState.DEAD_LETTER_STATE_RETRIED, by, at);
    }

    /** Closes letters. */
    void discard(DSLContext sql, Collection<UUID> jobIds, String by, OffsetDateTime at) {
        resolve(sql, DEAD_LETTERS.JOB_ID.in(jobIds), DeadLetterState.DEAD_LETTER_STATE_DISCARDED, by, at);
    }

    private static void resolve(DSLContext sql, Condition which, DeadLetterState state, String by, OffsetDateTime at) {
        sql.update(DEAD_LETTERS)
                .set(DEAD_LETTERS.STATE, nameOf(state))
                .set(DEAD_LETTERS.RESOLVED_BY, by)
                .set(DEAD_LETTERS.RESOLVED_AT, at)
                .where(which)
                .execute();
    }

    /** Letters as they are now, until the commit: locked in the order of their ids, so that operators wait for each other. */
    Map<UUID, DeadLettersRecord> lock(DSLContext sql, Collection<UUID> jobIds) {
        return sql.selectFrom(DEAD_LETTERS)
                .where(DEAD_LETTERS.JOB_ID.in(jobIds))
                .orderBy(DEAD_LETTERS.JOB_ID)
                .forUpdate()
                .fetchMap(DEAD_LETTERS.JOB_ID);
    }

    Optional<DeadLettersRecord> find(DSLContext sql, UUID jobId) {
        return sql.selectFrom(DEAD_LETTERS).where(DEAD_LETTERS.JOB_ID.eq(jobId)).fetchOptional();
    }

    /** Whose the jobs are that have letters. */
    Map<UUID, String> owners(DSLContext sql, Collection<UUID> jobIds) {
        return sql.select(JOBS.ID, JOBS.USER_ID)
                .from(JOBS)
                .join(DEAD_LETTERS)
                .on(DEAD_LETTERS.JOB_ID.eq(JOBS.ID))
                .where(JOBS.ID.in(jobIds))
                .fetchMap(JOBS.ID, JOBS.USER_ID);
    }

    /** Letters, the last failure first, older than the letter of the page token where there is one. */
    List<DeadLettersRecord> list(
            DSLContext sql, DeadLetterState state, FailureClass failureClass, @Nullable UUID before, int limit) {
        Condition where = DSL.noCondition();
        if (state != DeadLetterState.DEAD_LETTER_STATE_UNSPECIFIED) {
            where = where.and(DEAD_LETTERS.STATE.eq(nameOf(state)));
        }
        if (failureClass != FailureClass.FAILURE_CLASS_UNSPECIFIED) {
            where = where.and(DEAD_LETTERS.FAILURE_CLASS.eq(nameOf(failureClass)));
        }
        if (before != null) {
            where = where.and(DEAD_LETTERS.LETTER_ID.lt(before));
        }
        return sql.selectFrom(DEAD_LETTERS)
                .where(where)
                .orderBy(DEAD_LETTERS.LETTER_ID.desc())
                .limit(limit)
                .fetch();
    }

    Map<UUID, List<DeadLetterNotesRecord>> notesOf(DSLContext sql, Collection<UUID> jobIds) {
        return sql
                .selectFrom(DEAD_LETTER_NOTES)
                .where(DEAD_LETTER_NOTES.JOB_ID.in(jobIds))
                .orderBy(DEAD_LETTER_NOTES.JOB_ID, DEAD_LETTER_NOTES.ID)
                .fetch()
                .stream()
                .collect(Collectors.groupingBy(DeadLetterNotesRecord::getJobId));
    }

    int countNotes(DSLContext sql, UUID jobId) {
        return sql.fetchCount(DEAD_LETTER_NOTES, DEAD_LETTER_NOTES.JOB_ID.eq(jobId));
    }

    void addNote(DSLContext sql, DeadLetterNotesRecord note) {
        sql.executeInsert(note);
    }

    /** How many letters are open, by class of failure. */
    Map<String, Integer> countOpen(DSLContext sql) {
        return sql.select(DEAD_LETTERS.FAILURE_CLASS, DSL.count())
                .from(DEAD_LETTERS)
                .where(DSL.condition("state = 'OPEN'"))
                .groupBy(DEAD_LETTERS.FAILURE_CLASS)
                .fetchMap(DEAD_LETTERS.FAILURE_CLASS, DSL.count());
    }

    /** True if the alarm was not raised yet. */
    boolean raise(DSLContext sql, String alarm, OffsetDateTime at) {
        return sql.insertInto(ALARMS, ALARMS.NAME, ALARMS.RAISED_AT)
                        .values(alarm, at)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /** True while the alarm is raised. */
    boolean isRaised(DSLContext sql, String alarm) {
        return sql.fetchExists(ALARMS, ALARMS.NAME.eq(alarm));
    }

    /** True if the alarm was raised. */
    boolean lower(DSLContext sql, String alarm) {
        return sql.deleteFrom(ALARMS).where(ALARMS.NAME.eq(alarm)).execute() == 1;
    }

    static String nameOf(DeadLetterState state) {
        return state.name().substring("DEAD_LETTER_STATE_".length());
    }

    static String nameOf(FailureClass failureClass) {
        return failureClass.name().substring("FAILURE_CLASS_".length());
    }
}
