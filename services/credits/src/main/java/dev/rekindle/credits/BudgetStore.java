package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.BUDGETS;
import static dev.rekindle.credits.tables.Tables.BUDGET_DAYS;

import dev.rekindle.credits.tables.tables.records.BudgetDaysRecord;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.jooq.DSLContext;

/** The SQL of budgets. */
final class BudgetStore {

    /** The limit an operator set; empty where none did. */
    Optional<Long> limit(DSLContext sql, String name) {
        return sql.select(BUDGETS.LIMIT_MICRO_USD)
                .from(BUDGETS)
                .where(BUDGETS.NAME.eq(name))
                .fetchOptional(BUDGETS.LIMIT_MICRO_USD);
    }

    void setLimit(DSLContext sql, String name, long microUsd, String by, Instant now) {
        sql.insertInto(BUDGETS)
                .set(BUDGETS.NAME, name)
                .set(BUDGETS.LIMIT_MICRO_USD, microUsd)
                .set(BUDGETS.UPDATED_AT, Times.utc(now))
                .set(BUDGETS.UPDATED_BY, by)
                .onDuplicateKeyUpdate()
                .set(BUDGETS.LIMIT_MICRO_USD, microUsd)
                .set(BUDGETS.UPDATED_AT, Times.utc(now))
                .set(BUDGETS.UPDATED_BY, by)
                .execute();
    }

    Optional<BudgetDaysRecord> day(DSLContext sql, String name, LocalDate day) {
        return sql.selectFrom(BUDGET_DAYS)
                .where(BUDGET_DAYS.NAME.eq(name).and(BUDGET_DAYS.DAY.eq(day)))
                .fetchOptional();
    }

    /** Adds to what a day spent; answers the day after it, locked until the transaction ends. */
    BudgetDaysRecord spend(DSLContext sql, String name, LocalDate day, long microUsd) {
        return sql.insertInto(BUDGET_DAYS)
                .set(BUDGET_DAYS.NAME, name)
                .set(BUDGET_DAYS.DAY, day)
                .set(BUDGET_DAYS.SPENT_MICRO_USD, microUsd)
                .onDuplicateKeyUpdate()
                .set(BUDGET_DAYS.SPENT_MICRO_USD, BUDGET_DAYS.SPENT_MICRO_USD.plus(microUsd))
                .returning()
                .fetchSingle();
    }

    void update(DSLContext sql, BudgetDaysRecord day) {
        sql.executeUpdate(day);
    }
}
