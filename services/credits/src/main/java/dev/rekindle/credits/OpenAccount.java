package dev.rekindle.credits;

import dev.rekindle.common.v1.Tier;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jooq.DSLContext;

/** Finds a user's account with every month granted that has begun; makes it, on the free tier, where there is none. */
final class OpenAccount {
    private final DataOrderStore orders = new DataOrderStore();
    private final Database database;
    private final AccountStore accounts;
    private final GrantMonths months;
    private final Ids ids;
    private final Clock clock;

    OpenAccount(Database database, AccountStore accounts, GrantMonths months, Ids ids, Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.months = months;
        this.ids = ids;
        this.clock = clock;
    }

    /** One round trip where nothing is due. */
    Account run(String userId) {
        Optional<Account> found = database.query(sql -> accounts.find(sql, userId));
        if (found.isPresent() && !months.isDue(found.get())) {
            return found.get();
        }
        Account account = database.transact(sql -> {
            if (found.isEmpty()) {
                accounts.insert(sql, fresh(sql, userId));
            }
            return months.catchUp(sql, lock(sql, userId));
        });
        return account;
    }

    /**
     * The same, for what an account that is being erased does no more.
     *
     * @throws Failure STATE_CONFLICT if its erasure was ordered
     */
    Account requireOpen(String userId) {
        return run(userId).requireOpen();
    }

    private Account lock(DSLContext sql, String userId) {
        return accounts.lock(sql, userId)
                .orElseThrow(() -> Failure.internal("The account of " + userId + " is gone.", null));
    }

    /** Who was erased and begins anew has the next month when the one granted before is over, and not at once. */
    private Account fresh(DSLContext sql, String userId) {
        Instant now = Times.now(clock);
        Instant first = orders.grantedUntil(sql, userId)
                .filter(until -> until.isAfter(now))
                .orElse(now);
        return new Account(ids.next(), userId, Tier.TIER_FREE, 0, 0, GrantSchedule.from(first), Standing.NEW, now);
    }
}
