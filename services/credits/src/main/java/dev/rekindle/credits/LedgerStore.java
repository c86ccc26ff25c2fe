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
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.RowN;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The SQL of the ledger, and with it of every balance and debt. */
final class LedgerStore {
    private static final int ROWS_AT_ONCE = 1000;

    private static final List<Field<?>> ENTRY_COLUMNS = List.of(
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
            LEDGER.CREATED_AT);

    private static final List<Field<?>> CHARGE_COLUMNS = List.of(
            CHARGES.JOB_ID,
            CHARGES.CHARGE,
            CHARGES.ACCOUNT_ID,
            CHARGES.JOB_TYPE,
            CHARGES.TIER,
            CHARGES.CREDITS,
            CHARGES.STATE,
            CHARGES.CREATED_AT);

    private final Outbox outbox;

    LedgerStore(Outbox outbox) {
        this.outbox = outbox;
    }

    /** An entry, what it is booked for, and the event that tells of it. */
    record Line(Entry entry, Posting posting, Outbox.Message told) {}

    /**
     * Books the next lines of an account: moves its balance and debt, adds the lines, changes what jobs paid and owes the
     * events, all in one statement and so in one round trip. The account's row comes first, so that two who book to one
     * account wait there and nowhere else.
     *
     * @param before the account as it was when the lines were made
     * @param after the account as they leave it
     * @return false, and nothing is changed, if the account has moved since
     */
    boolean append(DSLContext sql, Account before, Account after, List<Line> lines) {
        CommonTableExpression<Record1<UUID>> moved = DSL.name("moved")
                .as(DSL.update(ACCOUNTS)
                        .set(ACCOUNTS.BALANCE, after.balance())
                        .set(ACCOUNTS.LAST_SEQ, after.lastSeq())
                        .set(ACCOUNTS.DEBT, after.standing().debt())
                        .where(ACCOUNTS.ID.eq(before.id()))
                        .and(ACCOUNTS.LAST_SEQ.eq(before.lastSeq()))
                        .and(ACCOUNTS.DEBT.eq(before.standing().debt()))
                        .returningResult(ACCOUNTS.ID));
        List<CommonTableExpression<?>> parts = new ArrayList<>();
        parts.add(moved);
        parts.add(DSL.name("booked").as(insert(lines, moved)));
        List<RowN> charged = new ArrayList<>();
        List<Charge> returned = new ArrayList<>();
        for (Line line : lines) {
            switch (line.posting()) {
                case Posting.Deduction deduction -> charged.add(charge(deduction, line.entry()));
                case Posting.Refund refund -> returned.add(refund.charge());
                case Posting.Grant _,
                        Posting.Adjustment _,
                        Posting.Forfeit _,
                        Posting.Purchase _,
                        Posting.Clawback _,
                        Posting.DebtPaid _,
                        Posting.Reinstatement _ -> {}
            }
        }
        if (!charged.isEmpty()) {
            parts.add(DSL.name("paid").as(insertCharges(charged, moved)));
        }
        if (!returned.isEmpty()) {
            parts.add(DSL.name("returned").as(giveBack(returned, moved)));
        }
        parts.add(DSL.name("told").as(outbox.part(lines.stream().map(Line::told).toList(), moved)));
        boolean booked =
                sql.with(parts).select(DSL.count()).from(moved).fetchSingle().value1() == 1;
        outbox.written(sql, CreditsEvents.TOPIC);
        return booked;
    }

    /** Adds to what a locked account owes. */
    void owe(DSLContext sql, UUID accountId, int credits) {
        sql.update(ACCOUNTS)
                .set(ACCOUNTS.DEBT, ACCOUNTS.DEBT.plus(credits))
                .where(ACCOUNTS.ID.eq(accountId))
                .execute();
    }

    private static ResultQuery<Record1<UUID>> insert(List<Line> lines, Table<?> moved) {
        RowN[] rows = lines.stream().map(line -> values(line.entry())).toArray(RowN[]::new);
        return DSL.insertInto(LEDGER)
                .columns(ENTRY_COLUMNS)
                .select(where(moved, ENTRY_COLUMNS, rows))
                .returningResult(LEDGER.ID);
    }

    private static RowN values(Entry entry) {
        Entry.JobCharge job = entry.job();
        return row(
                ENTRY_COLUMNS,
                entry.id(),
                entry.accountId(),
                entry.seq(),
                EnumNames.of(entry.type()),
                entry.amount(),
                entry.balanceBefore(),
                entry.balanceAfter(),
                entry.businessKey(),
                job == null ? null : job.jobId(),
                job == null ? null : job.charge(),
                entry.reason(),
                entry.cause(),
                Times.utc(entry.createdAt()));
    }

    /** Values of these columns; each says its type, or the database would guess it from the first row. */
    private static RowN row(List<Field<?>> columns, @Nullable Object... values) {
        List<Field<?>> cells = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            cells.add(DSL.val(values[i], columns.get(i)).cast(columns.get(i)));
        }
        return DSL.row(cells);
    }

    /** These rows, if the account has moved. */
    private static Select<Record> where(Table<?> moved, List<Field<?>> columns, RowN[] rows) {
        String[] names = columns.stream().map(Field::getName).toArray(String[]::new);
        return DSL.select(DSL.asterisk())
                .from(DSL.values(rows).as("line", names))
                .where(DSL.exists(DSL.selectOne().from(moved)));
    }

    private static RowN charge(Posting.Deduction deduction, Entry entry) {
        return row(
                CHARGE_COLUMNS,
                deduction.jobId(),
                deduction.charge(),
                entry.accountId(),
                EnumNames.of(deduction.terms().type()),
                EnumNames.of(deduction.terms().tier()),
                deduction.credits(),
                Charge.State.HELD.name(),
                Times.utc(entry.createdAt()));
    }

    private static ResultQuery<Record1<UUID>> insertCharges(List<RowN> charged, Table<?> moved) {
        return DSL.insertInto(CHARGES)
                .columns(CHARGE_COLUMNS)
                .select(where(moved, CHARGE_COLUMNS, charged.toArray(RowN[]::new)))
                .returningResult(CHARGES.JOB_ID);
    }

    private static ResultQuery<Record1<UUID>> giveBack(List<Charge> charges, Table<?> moved) {
        return DSL.update(CHARGES)
                .set(CHARGES.STATE, Charge.State.RETURNED.name())
                .from(moved)
                .where(DSL.row(CHARGES.JOB_ID, CHARGES.CHARGE)
                        .in(charges.stream()
                                .map(charge -> DSL.row(charge.jobId(), charge.charge()))
                                .toList()))
                .returningResult(CHARGES.JOB_ID);
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
