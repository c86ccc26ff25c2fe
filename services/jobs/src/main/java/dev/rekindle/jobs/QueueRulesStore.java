package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.QUEUE_RULES;

import dev.rekindle.jobs.tables.tables.records.QueueRulesRecord;
import java.util.Optional;
import org.jooq.DSLContext;

/** The SQL of what operators decided about the queue as a whole. */
final class QueueRulesStore {

    /** The row of what was ordered, made where there is none, locked so that operators wait for each other. */
    QueueRulesRecord lock(DSLContext sql) {
        sql.insertInto(QUEUE_RULES, QUEUE_RULES.ORDERED)
                .values(new byte[0])
                .onConflictDoNothing()
                .execute();
        return sql.selectFrom(QUEUE_RULES).forUpdate().fetchSingle();
    }

    void update(DSLContext sql, QueueRulesRecord row) {
        sql.executeUpdate(row);
    }

    Optional<QueueRulesRecord> find(DSLContext sql) {
        return sql.selectFrom(QUEUE_RULES).fetchOptional();
    }
}
