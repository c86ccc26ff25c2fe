package dev.rekindle.credits;

import dev.rekindle.credits.tables.tables.records.DataOrdersRecord;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the next step of orders that are due, one at a time. A process that dies in a step leaves the order to whoever comes
 * when its lease ends, and a step that fails is tried again, ever more seldom.
 */
final class WorkOrders {
    private static final Logger log = LoggerFactory.getLogger(WorkOrders.class);
    private static final int DELAY_DOUBLINGS_MAX = 8;

    /** The work on one order: a step that may be repeated. It writes what follows into the order itself. */
    interface Work {
        DataOrderStore.Kind kind();

        void run(DataOrdersRecord order) throws Exception;

        /** True if trying again so often is of no use. */
        boolean isFinal(Failure failure, int attempts);
    }

    private final Database database;
    private final DataOrderStore orders;
    private final Work work;
    private final Duration lease;
    private final Clock clock;

    /** @param lease longer than any step takes */
    WorkOrders(Database database, DataOrderStore orders, Work work, Duration lease, Clock clock) {
        this.database = database;
        this.orders = orders;
        this.work = work;
        this.lease = lease;
        this.clock = clock;
    }

    /** Does one step. True if there may be more that is due. */
    boolean run() throws InterruptedException {
        Instant now = Times.now(clock);
        Optional<DataOrdersRecord> order =
                database.transact(sql -> orders.take(sql, work.kind(), now, now.plus(lease)));
        if (order.isEmpty()) {
            return false;
        }
        try {
            work.run(order.get());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            failed(order.get(), Failures.of(e), e);
        }
        return true;
    }

    private void failed(DataOrdersRecord order, Failure failure, Exception thrown) {
        int attempts = order.getAttempts() + 1;
        Instant now = Times.now(clock);
        boolean over = work.isFinal(failure, attempts);
        log.warn(
                "Order {} ({}, {}) failed {} times: {} {}",
                order.getId(),
                order.getKind(),
                order.getStep(),
                attempts,
                failure.message(),
                failure.detail(),
                thrown);
        database.transact(sql -> {
            if (over) {
                orders.failed(sql, order.getId(), failure, now);
            } else {
                Duration delay = Duration.ofSeconds(1L << Math.min(attempts - 1, DELAY_DOUBLINGS_MAX));
                orders.later(sql, order.getId(), attempts, now.plus(delay));
            }
            return true;
        });
    }
}
