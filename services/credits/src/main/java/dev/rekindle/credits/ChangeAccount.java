package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * The one way in which an account changes at somebody's request. An attempt reads, decides and books; it is lost if the
 * account moved between its reading and its booking, which the booking itself finds out. The first attempt takes no lock,
 * so that the usual change is one reading and one writing; after a lost one the next holds the account's lock.
 */
final class ChangeAccount {
    private static final int LOCKED_ATTEMPTS_MAX = 5;
    private static final Duration RETRY_DELAY = Duration.ofMillis(250);

    /** Reads, decides, books. It may run more than once, so it must do nothing but SQL. */
    @FunctionalInterface
    interface Attempt<T> {
        /** Empty if it was lost, or the account must be opened first. A failure thrown here changes nothing. */
        Optional<T> run(DSLContext sql);
    }

    private final Database database;
    private final AccountStore accounts;
    private final OpenAccount open;

    ChangeAccount(Database database, AccountStore accounts, OpenAccount open) {
        this.database = database;
        this.accounts = accounts;
        this.open = open;
    }

    /**
     * Attempts without a lock first. An attempt here must book at most once, and nothing after.
     *
     * @throws Failure what the attempt throws; CONCURRENT_CHANGE if it kept losing
     */
    <T> T run(String userId, Attempt<T> attempt) {
        Optional<T> first = unlessLost(() -> database.query(attempt::run));
        return first.isPresent() ? first.get() : runLocked(userId, attempt);
    }

    /** Attempts in a transaction that holds the account's lock. The account is there, and no month of it is due. */
    <T> T runLocked(String userId, Attempt<T> attempt) {
        for (int i = 0; i < LOCKED_ATTEMPTS_MAX; i++) {
            open.run(userId);
            Optional<T> next = unlessLost(() -> database.transact(sql -> {
                accounts.lock(sql, userId);
                return attempt.run(sql);
            }));
            if (next.isPresent()) {
                return next.get();
            }
        }
        throw Failure.of(
                        Reason.REASON_CONCURRENT_CHANGE,
                        "The account changes too often at the moment. Please try again.")
                .withRetryDelay(RETRY_DELAY);
    }

    @FunctionalInterface
    private interface Statements<T> {
        Optional<T> run();
    }

    /** What another wrote at the same moment under the same key is a lost race, too. */
    private static <T> Optional<T> unlessLost(Statements<T> statements) {
        try {
            return statements.run();
        } catch (DataAccessException e) {
            return switch (e.sqlState()) {
                case "23505", "40001", "40P01" -> Optional.empty();
                case String other -> throw e;
            };
        }
    }
}
