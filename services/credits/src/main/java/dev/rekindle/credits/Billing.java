package dev.rekindle.credits;

import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.RpcService;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The part of the service that takes money, put together; it is there where a key of Stripe is. */
final class Billing {
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    final OpenCheckout checkout;
    final Subscriptions subscriptions;
    final StripeEvents events;
    final ReconcileStripe reconcile;
    private final StripeConfig config;
    private final EraseAtStripe eraseAtStripe;
    final UndoAfterErasure undoAfterErasure;

    /** What the books are kept with. */
    record Books(
            Database database,
            AccountStore accounts,
            LedgerStore ledger,
            BookEntry book,
            GrantMonths months,
            SetTier setTier) {}

    Billing(StripeConfig config, Catalogue catalogue, Books books, Ids ids, Clock clock) {
        this.config = config;
        StripeApi stripe = new StripeApi(config);
        PaymentStore payments = new PaymentStore();
        SubscriptionStore store = new SubscriptionStore();
        CheckoutStore checkouts = new CheckoutStore();
        StripeEventStore received = new StripeEventStore();
        SettleAccount settle = new SettleAccount(
                books.accounts(),
                payments,
                store,
                books.months(),
                books.setTier(),
                new SettlePayment(books.book(), books.ledger(), catalogue));
        ApplyStripeFact apply =
                new ApplyStripeFact(payments, store, checkouts, books.accounts(), settle, config.refreshInterval());
        checkout = new OpenCheckout(books.database(), checkouts, stripe, config.publicUrl(), ids, clock);
        subscriptions = new Subscriptions(books.database(), store, apply, stripe, clock);
        events = new StripeEvents(books.database(), received, apply, config, clock);
        eraseAtStripe = new EraseAtStripe(books.database(), checkouts, subscriptions, stripe, clock);
        undoAfterErasure = new UndoAfterErasure(
                books.database(), new UndoAfterErasure.Facts(payments, store, subscriptions, apply), stripe, clock);
        reconcile = new ReconcileStripe(books.database(), received, events, subscriptions, stripe, clock);
    }

    /** It, where there is a key of Stripe. */
    static Optional<Billing> ifOn(CreditsConfig config, Books books, Ids ids, Clock clock) {
        return config.stripe().isOn()
                ? Optional.of(new Billing(config.stripe(), config.catalogue(), books, ids, clock))
                : Optional.empty();
    }

    /** Starts the loops that apply what is left and look for what is missing, and lets the service take payments. */
    void start(Closer closer, OpenAccount open, Catalogue catalogue, RpcService.Builder service) {
        closer.add(Loop.start("stripe-events", RETRY_INTERVAL, reconcile::catchUp));
        AtomicBoolean first = new AtomicBoolean(true);
        closer.add(Loop.start("stripe-reconciliation", config.reconcileInterval(), () -> {
            reconcile.run(first.get());
            first.set(false);
            undoAfterErasure.run();
            return false;
        }));
        new BillingService(open, catalogue, checkout, subscriptions, events).bindTo(service);
    }

    /** What an erasure does at Stripe. */
    EraseAtStripe erase() {
        return eraseAtStripe;
    }
}
