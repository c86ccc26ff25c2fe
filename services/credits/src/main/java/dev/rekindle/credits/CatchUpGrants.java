package dev.rekindle.credits;

import dev.rekindle.platform.db.Database;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Grants due months to accounts nobody looks at, a batch a run. Any number of processes may do so at once: each account
 * is locked and looked at again before anything is granted.
 */
final class CatchUpGrants {
    private static final Logger log = LoggerFactory.getLogger(CatchUpGrants.class);

    private final Database database;
    private final AccountStore accounts;
    private final OpenAccount open;
    private final Clock clock;
    private final int accountsMax;

    /** @param accountsMax accounts a run */
    CatchUpGrants(Database database, AccountStore accounts, OpenAccount open, Clock clock, int accountsMax) {
        this.database = database;
        this.accounts = accounts;
        this.open = open;
        this.clock = clock;
        this.accountsMax = accountsMax;
    }

    /** Runs once. True: there may be more that are due. One account that fails keeps none of the others waiting. */
    boolean run() throws InterruptedException {
        List<String> users = database.query(sql -> accounts.usersDue(sql, Times.now(clock), accountsMax));
        int failed = 0;
        for (String userId : users) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            try {
                open.run(userId);
            } catch (RuntimeException e) {
                failed++;
                log.warn("The months of {} were not granted", userId, e);
            }
        }
        if (!users.isEmpty()) {
            log.info("Months granted to {} accounts, {} failed", users.size() - failed, failed);
        }
        return users.size() == accountsMax && failed == 0;
    }
}
