package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.Optional;
import org.jooq.DSLContext;

/** Gives or takes credits by an operator's hand, once for each request id. */
final class AdjustBalance {
    /** Half of what the database could hold, so that refunds and months always have room. */
    static final int BALANCE_MAX = 1_000_000_000;

    private final ChangeAccount change;
    private final BookEntry book;
    private final AccountStore accounts;
    private final LedgerStore ledger;
    private final GrantMonths months;

    AdjustBalance(ChangeAccount change, BookEntry book, AccountStore accounts, LedgerStore ledger, GrantMonths months) {
        this.change = change;
        this.book = book;
        this.accounts = accounts;
        this.ledger = ledger;
        this.months = months;
    }

    /**
     * Books an adjustment. The same one again answers its first entry.
     *
     * @throws Failure INSUFFICIENT_CREDITS if it takes more than there is; INVALID_REQUEST if it gives more than an account
     *     holds; IDEMPOTENCY_CONFLICT if the request id was used for another
     */
    Entry run(String userId, Posting.Adjustment adjustment) {
        return change.run(userId, sql -> attempt(sql, userId, adjustment));
    }

    private Optional<Entry> attempt(DSLContext sql, String userId, Posting.Adjustment adjustment) {
        Optional<Account> account = accounts.find(sql, userId).filter(found -> !months.isDue(found));
        if (account.isEmpty()) {
            return Optional.empty();
        }
        Optional<Entry> first = ledger.find(sql, adjustment.key());
        if (first.isPresent()) {
            refuseOther(first.get(), account.get(), adjustment);
            return first;
        }
        refuseOutOfBounds(account.get().balance(), adjustment.amount());
        return book.run(sql, account.get(), adjustment).map(BookEntry.Booked::entry);
    }

    private static void refuseOther(Entry first, Account account, Posting.Adjustment adjustment) {
        boolean same = first.accountId().equals(account.id())
                && first.amount() == adjustment.amount()
                && first.reason().equals(adjustment.reason());
        if (!same) {
            throw Failure.of(
                    Reason.REASON_IDEMPOTENCY_CONFLICT,
                    "The request id " + adjustment.requestId() + " was used for another user, amount or reason.");
        }
    }

    private static void refuseOutOfBounds(int balance, int amount) {
        long after = (long) balance + amount;
        if (after < 0) {
            throw Failure.of(
                    Reason.REASON_INSUFFICIENT_CREDITS,
                    "This takes " + -amount + " credits and the account has " + balance + ".");
        }
        if (after > BALANCE_MAX) {
            throw Failure.invalid(
                    "amount",
                    amount + " credits would make the balance " + after + "; at most " + BALANCE_MAX + " is kept.");
        }
    }
}
