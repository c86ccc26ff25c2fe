package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.tables.tables.records.DataOrdersRecord;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/** Orders an archive of all there is of a user, or joins the order there is: one is made at a time, and one kept. */
final class OrderExport {
    /** How long a failure is the answer to a call without a request id; after that such a call tries anew. */
    private static final Duration FAILURE_TOLD = Duration.ofMinutes(10);

    private final Database database;
    private final AccountStore accounts;
    private final DataOrderStore orders;
    private final Ids ids;
    private final Clock clock;

    OrderExport(Database database, AccountStore accounts, DataOrderStore orders, Ids ids, Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.orders = orders;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * The order that answers this request: one that runs, whatever its request id; else the last one, if it is the same
     * request; else a new one.
     *
     * @throws Failure STATE_CONFLICT if the account is being erased; what the last one failed with, if it is the same request
     */
    DataOrdersRecord run(Account account, String requestId) {
        return database.transact(sql -> {
            accounts.lock(sql, account.id()).requireOpen();
            Optional<DataOrdersRecord> last = orders.newest(sql, account.userId(), DataOrderStore.Kind.EXPORT);
            return last.filter(order -> answers(order, requestId)).orElseGet(() -> begin(sql, account, requestId));
        });
    }

    /** Makes the archive anew, where the one that was made is gone. */
    DataOrdersRecord again(Account account, UUID gone, String requestId) {
        return database.transact(sql -> {
            accounts.lock(sql, account.id()).requireOpen();
            return orders.newest(sql, account.userId(), DataOrderStore.Kind.EXPORT)
                    .filter(order -> !order.getId().equals(gone))
                    .orElseGet(() -> begin(sql, account, requestId));
        });
    }

    private boolean answers(DataOrdersRecord order, String requestId) {
        boolean same = requestId.isEmpty() || requestId.equals(order.getRequestId());
        Instant now = Times.now(clock);
        return switch (DataOrderStore.State.valueOf(order.getState())) {
            case RUNNING -> true;
            case DONE -> {
                Instant end = Times.instant(order.getExpiresAt());
                yield same && end != null && now.isBefore(end);
            }
            case FAILED -> {
                Instant end = Times.instant(order.getEndedAt());
                if (same && end != null && (!requestId.isEmpty() || now.isBefore(end.plus(FAILURE_TOLD)))) {
                    throw Failure.of(Reason.valueOf(order.getReason()), order.getMessage());
                }
                yield false;
            }
        };
    }

    private DataOrdersRecord begin(DSLContext sql, Account account, String requestId) {
        // One is kept: that of before is given up when the new one is begun.
        orders.forgetExports(sql, account.userId());
        orders.insert(
                sql, ids.next(), DataOrderStore.Kind.EXPORT, account, requestId, MakeExport.STEP, Times.now(clock));
        return orders.newest(sql, account.userId(), DataOrderStore.Kind.EXPORT)
                .orElseThrow(() -> Failure.internal("The order just written is gone.", null));
    }
}
