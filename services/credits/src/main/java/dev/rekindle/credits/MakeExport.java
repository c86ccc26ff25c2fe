package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.tables.tables.records.DataOrdersRecord;
import dev.rekindle.jobs.v1.WriteArchiveResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;

/** Makes the archive of an order in one step: what is here and with events is sent to jobs, which adds its own and stores it. */
final class MakeExport implements WorkOrders.Work {
    static final String STEP = "ARCHIVE";

    private static final int ATTEMPTS_MAX = 10;

    private final Database database;
    private final AccountStore accounts;
    private final DataOrderStore orders;
    private final ArchiveDocuments documents;
    private final DataPeers peers;
    private final Clock clock;

    MakeExport(
            Database database,
            AccountStore accounts,
            DataOrderStore orders,
            ArchiveDocuments documents,
            DataPeers peers,
            Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.orders = orders;
        this.documents = documents;
        this.peers = peers;
        this.clock = clock;
    }

    @Override
    public DataOrderStore.Kind kind() {
        return DataOrderStore.Kind.EXPORT;
    }

    @Override
    public void run(DataOrdersRecord order) throws Exception {
        Account account = database.query(sql -> accounts.get(sql, order.getAccountId()));
        WriteArchiveResponse made =
                peers.writeArchive(account.userId(), order.getId(), archive -> documents.write(account, archive));
        database.transact(sql -> {
            orders.exported(sql, order.getId(), Times.instant(made.getExpireTime()), Times.now(clock));
            return true;
        });
    }

    @Override
    public boolean isFinal(Failure failure, int attempts) {
        return failure.reason() == Reason.REASON_TOO_LARGE || attempts >= ATTEMPTS_MAX;
    }
}
