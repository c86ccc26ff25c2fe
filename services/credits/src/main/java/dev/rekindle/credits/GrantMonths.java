package dev.rekindle.credits;

import java.time.Clock;
import java.time.Instant;
import org.jooq.DSLContext;

/**
 * Gives an account the credits of its tier for each month that has begun. Under the account's lock, so that however many
 * processes try, each month is granted once.
 */
final class GrantMonths {
    /** Ten years; more of them come with the next transaction. */
    private static final int MONTHS_AT_ONCE_MAX = 120;

    private final AccountStore accounts;
    private final BookEntry book;
    private final Catalogue catalogue;
    private final Clock clock;

    GrantMonths(AccountStore accounts, BookEntry book, Catalogue catalogue, Clock clock) {
        this.accounts = accounts;
        this.book = book;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    boolean isDue(Account account) {
        return account.isDue(Times.now(clock));
    }

    /** Begins every month that is due, in the caller's transaction. Answers the account as it is then. */
    Account catchUp(DSLContext transaction, Account locked) {
        Instant now = Times.now(clock);
        Account account = locked;
        for (int months = 0; months < MONTHS_AT_ONCE_MAX && account.isDue(now); months++) {
            account = account.withGrants(account.grants().beginMonth());
            int credits = catalogue.plan(account.tier()).monthlyCredits();
            account = grant(transaction, account, credits, Posting.OURSELVES);
        }
        if (account.grants().period() != locked.grants().period()) {
            accounts.update(transaction, account);
        }
        return account;
    }

    /** Grants credits for the month that runs, in the caller's transaction. The caller writes the account's grants. */
    Account grant(DSLContext transaction, Account locked, int credits, String cause) {
        if (credits <= 0) {
            return locked;
        }
        Posting grant = new Posting.Grant(locked.id(), locked.tier(), locked.grants(), credits, cause);
        return book.runLocked(transaction, locked, grant)
                .account()
                .withGrants(locked.grants().granted(credits));
    }
}
