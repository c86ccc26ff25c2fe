package dev.rekindle.credits;

import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * Orders the erasure of a user. In the same transaction the account is closed and its keys are revoked, so that from the
 * answer on nothing is spent, made or let in.
 */
final class OrderErasure {
    private final Database database;
    private final AccountStore accounts;
    private final ApiKeyStore keys;
    private final DataOrderStore orders;
    private final OpenAccount open;
    private final Sources sources;

    /** Where ids and times come from. */
    record Sources(Ids ids, Clock clock) {}

    OrderErasure(
            Database database,
            AccountStore accounts,
            ApiKeyStore keys,
            DataOrderStore orders,
            OpenAccount open,
            Sources sources) {
        this.database = database;
        this.accounts = accounts;
        this.keys = keys;
        this.orders = orders;
        this.open = open;
        this.sources = sources;
    }

    /** Orders it, or joins the order there is. Who was erased and has nothing since is done. */
    DataOrderStore.State run(String userId) {
        Optional<DataOrderStore.State> known = database.query(sql -> known(sql, userId));
        if (known.isPresent()) {
            return known.get();
        }
        open.run(userId);
        return database.transact(sql -> {
            Account account = accounts.lock(sql, userId)
                    .orElseThrow(() -> Failure.internal("The account of " + userId + " is gone.", null));
            return known(sql, userId).orElseGet(() -> begin(sql, account));
        });
    }

    private Optional<DataOrderStore.State> known(DSLContext sql, String userId) {
        return orders.newest(sql, userId, DataOrderStore.Kind.ERASE)
                .map(order -> DataOrderStore.State.valueOf(order.getState()))
                .filter(state -> state == DataOrderStore.State.RUNNING
                        || accounts.find(sql, userId).isEmpty());
    }

    private DataOrderStore.State begin(DSLContext sql, Account account) {
        Instant now = Times.now(sources.clock());
        accounts.close(sql, account.id(), now);
        keys.revokeAll(sql, account.id(), now);
        orders.forgetExports(sql, account.userId());
        orders.insert(
                sql,
                sources.ids().next(),
                DataOrderStore.Kind.ERASE,
                account,
                "",
                EraseAccount.Step.STRIPE.name(),
                now);
        return DataOrderStore.State.RUNNING;
    }
}
