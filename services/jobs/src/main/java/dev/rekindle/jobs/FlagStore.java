package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.FLAGS;
import static dev.rekindle.jobs.tables.Tables.FLAG_ENTRIES;

import dev.rekindle.jobs.tables.tables.records.FlagEntriesRecord;
import dev.rekindle.jobs.tables.tables.records.FlagsRecord;
import dev.rekindle.jobs.v1.FlagState;
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

/** The SQL of flags. Operators see those of all users; what owners do goes by their photo, which is looked for as theirs. */
final class FlagStore {

    void insert(DSLContext sql, FlagsRecord flag) {
        sql.executeInsert(flag);
    }

    void update(DSLContext sql, FlagsRecord flag) {
        sql.executeUpdate(flag);
    }

    Optional<FlagsRecord> find(DSLContext sql, UUID flagId) {
        return sql.selectFrom(FLAGS).where(FLAGS.ID.eq(flagId)).fetchOptional();
    }

    Optional<FlagsRecord> lock(DSLContext sql, UUID flagId) {
        return sql.selectFrom(FLAGS).where(FLAGS.ID.eq(flagId)).forUpdate().fetchOptional();
    }

    /** The flag nobody has decided about yet. */
    Optional<FlagsRecord> lockOpen(DSLContext sql, UUID photoId) {
        return sql.selectFrom(FLAGS)
                .where(FLAGS.PHOTO_ID.eq(photoId).and(FLAGS.STATE.eq(DSL.inline("OPEN"))))
                .forUpdate()
                .fetchOptional();
    }

    int countOf(DSLContext sql, UUID photoId) {
        return sql.fetchCount(FLAGS, FLAGS.PHOTO_ID.eq(photoId));
    }

    int countOpen(DSLContext sql) {
        return sql.fetchCount(FLAGS, FLAGS.STATE.eq(DSL.inline("OPEN")));
    }

    /** Flags, newest first, older than the flag of the page token where there is one. */
    List<FlagsRecord> list(DSLContext sql, FlagState state, @Nullable UUID before, int limit) {
        Condition where = DSL.noCondition();
        if (state != FlagState.FLAG_STATE_UNSPECIFIED) {
            where = where.and(FLAGS.STATE.eq(state.name().substring("FLAG_STATE_".length())));
        }
        if (before != null) {
            where = where.and(FLAGS.ID.lt(before));
        }
        return sql.selectFrom(FLAGS)
                .where(where)
                .orderBy(FLAGS.ID.desc())
                .limit(limit)
                .fetch();
    }

    List<FlagsRecord> ofUser(DSLContext sql, String userId) {
        return sql.selectFrom(FLAGS)
                .where(FLAGS.USER_ID.eq(userId))
                .orderBy(FLAGS.ID.desc())
                .fetch();
    }

    void addEntry(DSLContext sql, FlagEntriesRecord entry) {
        sql.executeInsert(entry);
    }

    /** True if this operator has looked at the photo since. */
    boolean viewedSince(DSLContext sql, UUID flagId, String operator, OffsetDateTime time) {
        return sql.fetchExists(
                FLAG_ENTRIES,
                FLAG_ENTRIES
                        .FLAG_ID
                        .eq(flagId)
                        .and(FLAG_ENTRIES.ACTION.eq(DSL.inline("VIEWED")))
                        .and(FLAG_ENTRIES.DONE_BY.eq(operator))
                        .and(FLAG_ENTRIES.CREATED_AT.gt(time)));
    }

    Map<UUID, List<FlagEntriesRecord>> entriesOf(DSLContext sql, Collection<UUID> flagIds) {
        return sql
                .selectFrom(FLAG_ENTRIES)
                .where(FLAG_ENTRIES.FLAG_ID.in(flagIds))
                .orderBy(FLAG_ENTRIES.FLAG_ID, FLAG_ENTRIES.ID)
                .fetch()
                .stream()
                .collect(Collectors.groupingBy(FlagEntriesRecord::getFlagId));
    }

    /** Forgets what was decided before. Answers how many flags that were. */
    int deleteResolvedBefore(DSLContext sql, OffsetDateTime time, int limit) {
        return sql.deleteFrom(FLAGS)
                .where(FLAGS.ID.in(DSL.select(FLAGS.ID)
                        .from(FLAGS)
                        .where(FLAGS.RESOLVED_AT.lt(time))
                        .limit(limit)))
                .execute();
    }
}
