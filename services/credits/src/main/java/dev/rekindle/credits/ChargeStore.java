package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.ACCOUNTS;
import static dev.rekindle.credits.tables.Tables.CHARGES;

import dev.rekindle.common.v1.JobType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;

/** The SQL of what jobs paid. Paying and giving back are written by {@link LedgerStore}, together with their entries. */
final class ChargeStore {
    private static final int ROWS_AT_ONCE = 1000;

    /**
     * A user's account and all charges of some jobs, as they were at one moment.
     *
     * @param charges by job and in the order of their numbers; of another user's account, too, where somebody mixed up jobs
     */
    record JobsAccount(Account account, Map<UUID, List<Charge>> charges) {
        List<Charge> of(UUID jobId) {
            return charges.getOrDefault(jobId, List.of());
        }

        Optional<Charge> charge(UUID jobId, int number) {
            return of(jobId).stream()
                    .filter(charge -> charge.charge() == number)
                    .findFirst();
        }
    }

    /** In one round trip; empty if the user has no account. */
    Optional<JobsAccount> read(DSLContext sql, String userId, Collection<UUID> jobIds) {
        Result<Record> rows = sql.select(ACCOUNTS.fields())
                .select(CHARGES.fields())
                .from(ACCOUNTS)
                .leftJoin(CHARGES)
                .on(CHARGES.JOB_ID.in(jobIds))
                .where(ACCOUNTS.USER_ID.eq(userId))
                .orderBy(CHARGES.CHARGE)
                .fetch();
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        Map<UUID, List<Charge>> charges = rows.stream()
                .filter(row -> row.get(CHARGES.JOB_ID) != null)
                .map(ChargeStore::charge)
                .collect(Collectors.groupingBy(Charge::jobId));
        return Optional.of(new JobsAccount(AccountStore.account(rows.getFirst()), charges));
    }

    /**
     * Marks charges that were never made; leaves alone those that are known already.
     *
     * @return how many were marked
     */
    int insertVoids(DSLContext sql, UUID accountId, Collection<Charge.Key> charges, Instant now) {
        if (charges.isEmpty()) {
            return 0;
        }
        var insert = sql.insertInto(
                CHARGES,
                CHARGES.JOB_ID,
                CHARGES.CHARGE,
                CHARGES.ACCOUNT_ID,
                CHARGES.JOB_TYPE,
                CHARGES.CREDITS,
                CHARGES.STATE,
                CHARGES.CREATED_AT);
        for (Charge.Key charge : charges) {
            insert = insert.values(
                    charge.jobId(), charge.charge(), accountId, "", 0, Charge.State.VOID.name(), Times.utc(now));
        }
        return insert.onConflictDoNothing().execute();
    }

    /** All charges of a range of accounts, account by account, read as they are taken; close it. */
    Cursor<? extends Record> read(DSLContext transaction, UUID firstAccount, UUID lastAccount) {
        return transaction
                .selectFrom(CHARGES)
                .where(CHARGES.ACCOUNT_ID.between(firstAccount, lastAccount))
                .orderBy(CHARGES.ACCOUNT_ID)
                .fetchSize(ROWS_AT_ONCE)
                .fetchLazy();
    }

    static Charge charge(Record row) {
        String jobType = row.get(CHARGES.JOB_TYPE);
        return new Charge(
                row.get(CHARGES.JOB_ID),
                row.get(CHARGES.CHARGE),
                row.get(CHARGES.ACCOUNT_ID),
                jobType.isEmpty() ? JobType.JOB_TYPE_UNSPECIFIED : EnumNames.jobType(jobType),
                row.get(CHARGES.CREDITS),
                Charge.State.valueOf(row.get(CHARGES.STATE)));
    }
}
