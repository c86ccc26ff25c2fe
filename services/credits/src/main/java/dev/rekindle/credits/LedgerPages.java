package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.PageToken;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import java.util.UUID;

/** An account's ledger page by page, newest first. */
final class LedgerPages {
    private final Database database;
    private final LedgerStore ledger;

    LedgerPages(Database database, LedgerStore ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    /**
     * Entries that follow the one the token stands for; the newest where it is empty.
     *
     * @throws Failure INVALID_TOKEN if it stands for no entry of the account
     */
    List<Entry> read(Account account, String pageToken, int limit) {
        if (pageToken.isEmpty()) {
            return database.query(sql -> ledger.list(sql, account.id(), null, limit));
        }
        UUID last = PageToken.read(pageToken);
        Entry before = database.query(sql -> ledger.find(sql, account.id(), last))
                .orElseThrow(() -> Failure.of(
                        Reason.REASON_INVALID_TOKEN,
                        "The page token is not of this ledger; leave it out to begin with the first page."));
        return database.query(sql -> ledger.list(sql, account.id(), before, limit));
    }
}
