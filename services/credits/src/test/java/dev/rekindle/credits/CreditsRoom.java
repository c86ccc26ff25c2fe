package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.AuditLedgerResponse;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Servers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooq.impl.DSL;

/** The operations of the service on a real, empty database, with a clock the test turns and nobody to take the events. */
final class CreditsRoom implements AutoCloseable {
    static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

    final ManualClock clock;
    final Catalogue catalogue;
    final Database database;
    final AccountStore accounts = new AccountStore();
    final ChargeStore charges = new ChargeStore();
    final BookEntry book;
    final OpenAccount open;
    final Outbox outbox;
    final GrantMonths months;
    final LedgerStore ledger;
    final Ids ids;
    final Budgets budgets;
    final JobPayments payments;
    final AdjustBalance adjust;
    final SetTier setTier;
    final RecordCost recordCost;
    final LedgerPages pages;
    final AuditLedger audit;

    CreditsRoom() {
        this(Map.of());
    }

    /** With settings of the catalogue. */
    CreditsRoom(Map<String, String> settings) {
        this(Servers.openDatabase("credits"), new ManualClock(START), settings);
    }

    /** The same database and clock with other settings of the catalogue. */
    CreditsRoom with(Map<String, String> settings) {
        return new CreditsRoom(database, clock, settings);
    }

    private CreditsRoom(Database database, ManualClock clock, Map<String, String> settings) {
        this.database = database;
        this.clock = clock;
        catalogue = Catalogue.from(Settings.of(settings));
        Outbox outbox = new Outbox();
        Ids ids = Ids.timeOrdered();
        LedgerStore ledger = new LedgerStore(outbox);
        book = new BookEntry(ledger, ids, clock);
        GrantMonths months = new GrantMonths(accounts, book, catalogue, clock);
        this.outbox = outbox;
        this.months = months;
        this.ledger = ledger;
        this.ids = ids;
        open = new OpenAccount(database, accounts, months, ids, clock);
        ChangeAccount change = new ChangeAccount(database, accounts, open);
        budgets =
                new Budgets(database, new BudgetStore(), BudgetsConfig.from(Settings.of(settings)), outbox, ids, clock);
        payments = new JobPayments(change, book, charges, ledger, new JobPayments.Terms(catalogue, budgets), clock);
        adjust = new AdjustBalance(change, book, accounts, ledger, months);
        setTier = new SetTier(change, accounts, months, book, catalogue, clock);
        recordCost = new RecordCost(database, new CostStore(), budgets, clock);
        pages = new LedgerPages(database, ledger);
        audit = new AuditLedger(database, accounts, ledger, charges, new PaymentStore(), 3);
    }

    /** The books, for the part that takes money. */
    Billing.Books books() {
        return new Billing.Books(database, accounts, ledger, book, months, setTier);
    }

    CatchUpGrants catchUp(int accountsMax) {
        return new CatchUpGrants(database, accounts, open, clock, accountsMax);
    }

    JobPayments.Booked deduct(String userId, UUID jobId, int charge, JobType type) {
        return payments.deduct(new JobPayments.Payment(userId, jobId, charge, type, 0, "jobs"));
    }

    JobPayments.Booked refund(String userId, UUID jobId, int charge) {
        return payments.refund(new JobPayments.Return(userId, jobId, charge, "It failed.", "jobs"));
    }

    Entry give(String userId, int amount) {
        return adjust(userId, amount, UUID.randomUUID().toString());
    }

    Entry adjust(String userId, int amount, String requestId) {
        return adjust.run(userId, new Posting.Adjustment(requestId, amount, "A gift.", "operator-1"));
    }

    Account tier(String userId, Tier tier) {
        return setTier.run(userId, tier, "operator-1");
    }

    int balance(String userId) {
        return open.run(userId).balance();
    }

    /** The user's entries, oldest first. */
    List<Entry> entries(String userId) {
        return pages.read(open.run(userId), "", 10_000).reversed();
    }

    AuditLedgerResponse audit() {
        return audit.all(() -> false);
    }

    /** The user's events, in the order in which they are owed. */
    List<Event> events(String userId) {
        return database
                .query(sql -> sql.select(DSL.field("payload", byte[].class))
                        .from("outbox")
                        .orderBy(DSL.field("id"))
                        .fetch(row -> event(row.value1())))
                .stream()
                .filter(event -> event.getUserId().equals(userId))
                .toList();
    }

    private static Event event(byte[] payload) {
        try {
            return Event.parseFrom(payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The failure a call ends with. */
    static Failure failureOf(ThrowingCallable call) {
        Failure failure = catchThrowableOfType(Failure.class, call);
        if (failure == null) {
            throw new AssertionError("No failure was thrown.");
        }
        return failure;
    }

    static Reason reasonOf(ThrowingCallable call) {
        return failureOf(call).reason();
    }

    @Override
    public void close() {
        database.close();
    }
}
