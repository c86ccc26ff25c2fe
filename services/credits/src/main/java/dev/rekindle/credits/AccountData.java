package dev.rekindle.credits;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import io.grpc.ServerServiceDefinition;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** The part of the service that gathers and erases all there is of a user, put together. */
final class AccountData {
    private static final Duration ERASE_LEASE = Duration.ofMinutes(3);
    private static final Duration ARCHIVE_LEASE_MORE = Duration.ofMinutes(1);
    private static final Duration SCRUB_INTERVAL = Duration.ofMinutes(1);

    final WorkOrders makeExports;
    final WorkOrders eraseAccounts;
    final OrderExport exports;
    final OrderErasure erasures;
    private final ScrubStripeEvents scrub;
    private final OpenAccount open;
    private final DataPeers peers;
    private final Duration interval;

    /** What the books are kept with. */
    record Books(
            Database database,
            AccountStore accounts,
            LedgerStore ledger,
            OpenAccount open,
            Outbox outbox,
            Optional<EraseAtStripe> atStripe) {}

    AccountData(CreditsConfig config, Books books, DataPeers peers, Ids ids, Clock clock) {
        this.open = books.open();
        this.peers = peers;
        interval = config.accountData().interval();
        Database database = books.database();
        DataOrderStore orders = new DataOrderStore();
        ApiKeyStore keys = new ApiKeyStore();
        scrub = new ScrubStripeEvents(database, new StripeEventStore(), clock);
        exports = new OrderExport(database, books.accounts(), orders, ids, clock);
        erasures = new OrderErasure(
                database, books.accounts(), keys, orders, books.open(), new OrderErasure.Sources(ids, clock));
        ArchiveDocuments documents = new ArchiveDocuments(
                database,
                new ArchiveDocuments.Stores(books.ledger(), keys, new SubscriptionStore(), new PaymentStore()),
                config.catalogue(),
                config.apiKeys(),
                peers);
        makeExports = new WorkOrders(
                database,
                orders,
                new MakeExport(database, books.accounts(), orders, documents, peers, clock),
                config.accountData().archiveMax().plus(ARCHIVE_LEASE_MORE),
                clock);
        EraseAccount erase = new EraseAccount(
                database,
                new EraseAccount.Stores(books.accounts(), keys, new CheckoutStore(), orders),
                books.outbox(),
                peers,
                new EraseAccount.Away(books.atStripe(), scrub),
                new EraseAccount.Sources(ids, clock, interval));
        eraseAccounts = new WorkOrders(database, orders, erase, ERASE_LEASE, clock);
    }

    /** Starts the loops that do what is ordered; answers the service that takes orders. */
    ServerServiceDefinition start(Closer closer) {
        Loop exporting = closer.add(Loop.start("account-exports", interval, makeExports::run));
        Loop erasing = closer.add(Loop.start("account-erasures", interval, eraseAccounts::run));
        closer.add(Loop.start("stripe-scrubbing", SCRUB_INTERVAL, scrub::late));
        return new AccountDataService(open, exports, erasures, peers, () -> {
                    exporting.wake();
                    erasing.wake();
                })
                .definition();
    }
}
