package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.ACCOUNTS;
import static dev.rekindle.credits.tables.Tables.CHARGES;
import static dev.rekindle.credits.tables.Tables.LEDGER;

import dev.rekindle.platform.db.Outbox;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The SQL of the ledger, and with it of every balance. */
final class LedgerStore {
    private static final int ROWS_AT_ONCE = 1000;

    private final Outbox outbox;

    LedgerStore(Outbox outbox) {
        this.outbox = outbox;
    }

    /**
     * Books an entry: moves the balance, adds the line, changes the job's charge and owes the event, all in one statement
     * and so in one round trip. The account's row comes first, so that two who book to one account wait there and nowhere
     * else.
     *
     * @return false, and nothing is changed, if the account has moved since the entry was made
     */
    boolean append(DSLContext sql, Entry entry, Posting posting, Outbox.Message told) {
        CommonTableExpression<Record1<UUID>> moved = DSL.name("moved")
                .as(DSL.update(ACCOUNTS)
                        .set(ACCOUNTS.BALANCE, entry.balanceAfter())
                        .set(ACCOUNTS.LAST_SEQ, entry.seq())
                        .where(ACCOUNTS.ID.eq(entry.accountId()))
                        .and(ACCOUNTS.LAST_SEQ.eq(entry.seq() - 1))
                        .returningResult(ACCOUNTS.ID));
        List<CommonTableExpression<?>> parts = new ArrayList<>();
        parts.add(moved);
        parts.add(DSL.name("booked").as(insert(entry, moved)));
        charge(posting, entry, moved)
                .ifPresent(change -> parts.add(DSL.name("paid").as(change)));
        parts.add(DSL.name("told").as(outbox.part(told, moved)));
        return sql.with(parts).select(DSL.count()).from(moved).fetchSingle().value1() == 1;
    }

    private static ResultQuery<Record1<UUID>> insert(Entry entry, Table<?> moved) {
        Entry.JobCharge job = entry.job();
        return DSL.insertInto(LEDGER)
                .columns(
                        LEDGER.ID,
                        LEDGER.ACCOUNT_ID,
                        LEDGER.SEQ,
                        LEDGER.TYPE,
                        LEDGER.AMOUNT,
                        LEDGER.BALANCE_BEFORE,
                        LEDGER.BALANCE_AFTER,
                        LEDGER.BUSINESS_KEY,
                        LEDGER.JOB_ID,
                        LEDGER.CHARGE,
                        LEDGER.REASON,
                        LEDGER.CAUSE,
                        LEDGER.CREATED_AT)
                .select(DSL.select(
                                DSL.val(entry.id(), LEDGER.ID),
                                DSL.val(entry.accountId(), LEDGER.ACCOUNT_ID),
                                DSL.val(entry.seq(), LEDGER.SEQ),
                                DSL.val(EnumNames.of(entry.type()), LEDGER.TYPE),
                                DSL.val(entry.amount(), LEDGER.AMOUNT),
                                DSL.val(entry.balanceBefore(), LEDGER.BALANCE_BEFORE),
                                DSL.val(entry.balanceAfter(), LEDGER.BALANCE_AFTER),
                                DSL.val(entry.businessKey(), LEDGER.BUSINESS_KEY),
                                DSL.val(job == null ? null : job.jobId(), LEDGER.JOB_ID),
                                DSL.val(job == null ? null : job.charge(), LEDGER.CHARGE),
                                DSL.val(entry.reason(), LEDGER.REASON),
                                DSL.val(entry.cause(), LEDGER.CAUSE),
                                DSL.val(Times.utc(entry.createdAt()), LEDGER.CREATED_AT))
                        .from(moved))
                .returningResult(LEDGER.ID);
    }

    /** What the movement changes about a job's charges. */
    private static Optional<ResultQuery<Record1<UUID>>> charge(Posting posting, Entry entry, Table<?> moved) {
        return switch (posting) {
            case Posting.Deduction deduction ->
                Optional.of(DSL.insertInto(CHARGES)
                        .columns(
                                CHARGES.JOB_ID,
                                CHARGES.CHARGE,
                                CHARGES.ACCOUNT_ID,
                                CHARGES.JOB_TYPE,
                                CHARGES.TIER,
                                CHARGES.CREDITS,
                                CHARGES.STATE,
                                CHARGES.CREATED_AT)
                        .select(DSL.select(
                                        DSL.val(deduction.jobId(), CHARGES.JOB_ID),
                                        DSL.val(deduction.charge(), CHARGES.CHARGE),
                                        DSL.val(entry.accountId(), CHARGES.ACCOUNT_ID),
                                        DSL.val(EnumNames.of(deduction.terms().type()), CHARGES.JOB_TYPE),
                                        DSL.val(EnumNames.of(deduction.terms().tier()), CHARGES.TIER),
                                        DSL.val(deduction.credits(), CHARGES.CREDITS),
                                        DSL.val(Charge.State.HELD.name(), CHARGES.STATE),
                                        DSL.val(Times.utc(entry.createdAt()), CHARGES.CREATED_AT))
                                .from(moved))
                        .returningResult(CHARGES.JOB_ID));
            case Posting.Refund refund ->
                Optional.of(DSL.update(CHARGES)
                        .set(CHARGES.STATE, Charge.State.RETURNED.name())
                        .from(moved)
                        .where(CHARGES.JOB_ID.eq(refund.charge().jobId()))
                        .and(CHARGES.CHARGE.eq(refund.charge().charge()))
                        .returningResult(CHARGES.JOB_ID));
            case Posting.Grant _,
                    Posting.Adjustment _,
                    Posting.Forfeit _,
                    Posting.Purchase _,
                    Posting.Clawback _,
                    Posting.Reinstatement _ -> Optional.empty();
        };
    }

    Optional<Entry> find(DSLContext sql, String businessKey) {
        return sql.selectFrom(LEDGER).where(LEDGER.BUSINESS_KEY.eq(businessKey)).fetchOptional(LedgerStore::entry);
    }

    /** An account's entries, newest first, older than one where it is given. */
    List<Entry> list(DSLContext sql, UUID accountId, @Nullable Entry before, int limit) {
        Condition where = LEDGER.ACCOUNT_ID.eq(accountId);
        if (before != null) {
            where = where.and(LEDGER.SEQ.lt(before.seq()));
        }
        return sql.selectFrom(LEDGER)
                .where(where)
                .orderBy(LEDGER.SEQ.desc())
                .limit(limit)
                .fetch(LedgerStore::entry);
    }

    /** An entry of an account by its id. */
    Optional<Entry> find(DSLContext sql, UUID accountId, UUID id) {
        return sql.selectFrom(LEDGER)
                .where(LEDGER.ID.eq(id).and(LEDGER.ACCOUNT_ID.eq(accountId)))
                .fetchOptional(LedgerStore::entry);
    }

    /** Credits lost with ends of plans since a time. */
    int forfeitedSince(DSLContext sql, UUID accountId, Instant time) {
        return -sum(sql, accountId, LEDGER.TYPE.eq("FORFEIT").and(LEDGER.CREATED_AT.ge(Times.utc(time))));
    }

    /** Credits of tiers granted from a time on, and before another where it is given. */
    int grantedBetween(DSLContext sql, UUID accountId, Instant from, @Nullable Instant end) {
        Condition granted = LEDGER.TYPE.eq("GRANT").and(LEDGER.CREATED_AT.ge(Times.utc(from)));
        return sum(sql, accountId, end == null ? granted : granted.and(LEDGER.CREATED_AT.lt(Times.utc(end))));
    }

    private static int sum(DSLContext sql, UUID accountId, Condition which) {
        return sql.select(DSL.coalesce(DSL.sum(LEDGER.AMOUNT), BigDecimal.ZERO))
                .from(LEDGER)
                .where(LEDGER.ACCOUNT_ID.eq(accountId).and(which))
                .fetchSingle(row -> row.value1().intValueExact());
    }

    /** Makes a transaction read everything as it stood at its first reading, and write nothing. Its first statement. */
    void readAtOneMoment(DSLContext transaction) {
        transaction.execute("set transaction isolation level repeatable read, read only");
    }

    /** All entries of a range of accounts, account by account and each in its order, read as they are taken; close it. */
    Cursor<? extends Record> read(DSLContext transaction, UUID firstAccount, UUID lastAccount) {
        return transaction
                .selectFrom(LEDGER)
                .where(LEDGER.ACCOUNT_ID.between(firstAccount, lastAccount))
                .orderBy(LEDGER.ACCOUNT_ID, LEDGER.SEQ)
                .fetchSize(ROWS_AT_ONCE)
                .fetchLazy();
    }

    static Entry entry(Record row) {
        UUID jobId = row.get(LEDGER.JOB_ID);
        return new Entry(
                row.get(LEDGER.ID),
                row.get(LEDGER.ACCOUNT_ID),
                row.get(LEDGER.SEQ),
                EnumNames.entryType(row.get(LEDGER.TYPE)),
                row.get(LEDGER.AMOUNT),
                row.get(LEDGER.BALANCE_BEFORE),
                row.get(LEDGER.BALANCE_AFTER),
                row.get(LEDGER.BUSINESS_KEY),
                jobId == null ? null : new Entry.JobCharge(jobId, row.get(LEDGER.CHARGE)),
                row.get(LEDGER.REASON),
                row.get(LEDGER.CAUSE),
                row.get(LEDGER.CREATED_AT).toInstant());
    }
}
