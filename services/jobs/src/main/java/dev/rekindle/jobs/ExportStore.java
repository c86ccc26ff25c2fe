package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.EXPORTS;

import dev.rekindle.jobs.tables.tables.records.ExportsRecord;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/** The SQL of archives of users' data. */
final class ExportStore {

    void insert(DSLContext sql, ExportsRecord export) {
        sql.executeInsert(export);
    }

    List<ExportsRecord> ofUser(DSLContext sql, String userId) {
        return sql.selectFrom(EXPORTS).where(EXPORTS.USER_ID.eq(userId)).fetch();
    }

    /** An archive of the user's that is whole and has not expired. */
    Optional<ExportsRecord> findWhole(DSLContext sql, String userId, UUID id, OffsetDateTime now) {
        return sql.selectFrom(EXPORTS)
                .where(EXPORTS.ID.eq(id).and(EXPORTS.USER_ID.eq(userId)))
                .and(EXPORTS.SIZE_BYTES.isNotNull().and(EXPORTS.EXPIRES_AT.gt(now)))
                .fetchOptional();
    }

    /** Says that an archive is whole. False if it was given up, or another writer began it anew. */
    boolean whole(DSLContext sql, ExportsRecord export, long sizeBytes, OffsetDateTime expiresAt) {
        return sql.update(EXPORTS)
                        .set(EXPORTS.SIZE_BYTES, sizeBytes)
                        .set(EXPORTS.PARTS_ID, "")
                        .set(EXPORTS.EXPIRES_AT, expiresAt)
                        .where(EXPORTS.ID.eq(export.getId()).and(EXPORTS.PARTS_ID.eq(export.getPartsId())))
                        .execute()
                == 1;
    }

    List<ExportsRecord> expired(DSLContext sql, OffsetDateTime now, int limit) {
        return sql.selectFrom(EXPORTS)
                .where(EXPORTS.EXPIRES_AT.le(now))
                .orderBy(EXPORTS.EXPIRES_AT)
                .limit(limit)
                .fetch();
    }

    void delete(DSLContext sql, Collection<UUID> ids) {
        sql.deleteFrom(EXPORTS).where(EXPORTS.ID.in(ids)).execute();
    }
}
