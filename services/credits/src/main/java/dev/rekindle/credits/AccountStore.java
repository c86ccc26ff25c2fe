package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.ACCOUNTS;

import dev.rekindle.credits.tables.tables.records.AccountsRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Record;

/** The SQL of accounts. Balances and debts are moved by {@link LedgerStore} alone. */
final class AccountStore {

    /** Writes a new account with an empty ledger. False if the user has one already. */
    boolean insert(DSLContext sql, Account account) {
        AccountsRecord row = new AccountsRecord();
        row.setId(account.id());
        row.setUserId(account.userId());
        row.setTier(EnumNames.of(account.tier()));
        row.setBalance(0);
        row.setLastSeq(0);
        row.setCreatedAt(Times.utc(account.createdAt()));
        setGrants(row, account.grants());
        setStanding(row, account.standing());
        return sql.insertInto(ACCOUNTS)
                        .set(row)
                        .onConflict(ACCOUNTS.USER_ID)
                        .doNothing()
                        .execute()
                == 1;
    }

    Optional<Account> find(DSLContext sql, String userId) {
        return sql.selectFrom(ACCOUNTS).where(ACCOUNTS.USER_ID.eq(userId)).fetchOptional(AccountStore::account);
    }

    Account get(DSLContext sql, UUID id) {
        return sql.selectFrom(ACCOUNTS).where(ACCOUNTS.ID.eq(id)).fetchSingle(AccountStore::account);
    }

    /** Makes every other change of the account wait until the transaction ends. */
    Account lock(DSLContext sql, UUID id) {
        return sql.selectFrom(ACCOUNTS)
                .where(ACCOUNTS.ID.eq(id))
                .forNoKeyUpdate()
                .fetchSingle(AccountStore::account);
    }

    /** Makes every other change of the account wait until the transaction ends. Rows that only name it do not wait. */
    Optional<Account> lock(DSLContext sql, String userId) {
        return sql.selectFrom(ACCOUNTS)
                .where(ACCOUNTS.USER_ID.eq(userId))
                .forNoKeyUpdate()
                .fetchOptional(AccountStore::account);
    }

    /** Writes tier, grants and standing of a locked account. */
    void update(DSLContext sql, Account account) {
        AccountsRecord row = new AccountsRecord();
        row.setTier(EnumNames.of(account.tier()));
        setGrants(row, account.grants());
        setStanding(row, account.standing());
        sql.update(ACCOUNTS).set(row).where(ACCOUNTS.ID.eq(account.id())).execute();
    }

    /** Nothing is spent, bought or granted any more. */
    void close(DSLContext sql, UUID id, Instant now) {
        sql.update(ACCOUNTS)
                .set(ACCOUNTS.CLOSED_AT, Times.utc(now))
                .where(ACCOUNTS.ID.eq(id).and(ACCOUNTS.CLOSED_AT.isNull()))
                .execute();
    }

    /** Gives a locked and closed account an alias for its user. */
    void alias(DSLContext sql, UUID id, String alias, Instant now) {
        sql.update(ACCOUNTS)
                .set(ACCOUNTS.USER_ID, alias)
                .set(ACCOUNTS.ERASED_AT, Times.utc(now))
                .where(ACCOUNTS.ID.eq(id))
                .execute();
    }

    /** Users whose next month has begun, those waiting longest first. */
    List<String> usersDue(DSLContext sql, Instant now, int limit) {
        return sql.select(ACCOUNTS.USER_ID)
                .from(ACCOUNTS)
                .where(ACCOUNTS.NEXT_GRANT_AT.le(Times.utc(now)).andNot(ACCOUNTS.GRANTS_HELD))
                .and(ACCOUNTS.CLOSED_AT.isNull())
                .orderBy(ACCOUNTS.NEXT_GRANT_AT)
                .limit(limit)
                .fetch(ACCOUNTS.USER_ID);
    }

    /** Accounts in the order of their ids, from after one on. */
    List<Account> after(DSLContext sql, UUID id, int limit) {
        return sql.selectFrom(ACCOUNTS)
                .where(ACCOUNTS.ID.gt(id))
                .orderBy(ACCOUNTS.ID)
                .limit(limit)
                .fetch(AccountStore::account);
    }

    private static void setGrants(AccountsRecord row, GrantSchedule grants) {
        row.setGrantAnchor(Times.utc(grants.anchor()));
        row.setMonthsBegun(grants.monthsBegun());
        row.setGrantPeriod(grants.period());
        row.setMonthGranted(grants.monthGranted());
        row.setNextGrantAt(Times.utc(grants.next()));
    }

    private static void setStanding(AccountsRecord row, Standing standing) {
        row.setSubscribedTier(EnumNames.of(standing.subscribed()));
        row.setGrantsHeld(standing.held());
    }

    static Account account(Record row) {
        return new Account(
                row.get(ACCOUNTS.ID),
                row.get(ACCOUNTS.USER_ID),
                EnumNames.tier(row.get(ACCOUNTS.TIER)),
                row.get(ACCOUNTS.BALANCE),
                row.get(ACCOUNTS.LAST_SEQ),
                new GrantSchedule(
                        row.get(ACCOUNTS.GRANT_ANCHOR).toInstant(),
                        row.get(ACCOUNTS.MONTHS_BEGUN),
                        row.get(ACCOUNTS.GRANT_PERIOD),
                        row.get(ACCOUNTS.MONTH_GRANTED)),
                new Standing(
                        EnumNames.tier(row.get(ACCOUNTS.SUBSCRIBED_TIER)),
                        row.get(ACCOUNTS.GRANTS_HELD),
                        row.get(ACCOUNTS.CLOSED_AT) != null,
                        row.get(ACCOUNTS.DEBT)),
                row.get(ACCOUNTS.CREATED_AT).toInstant());
    }
}
