package dev.rekindle.credits;

import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.db.OutboxRelays;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RequestValidator;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.Telemetry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The credits service as a process: accounts, ledger and plans over gRPC. */
public final class CreditsMain implements ProcessMain.Running {
    private static final int AUDITED_AT_ONCE = 200;

    private final Closer closer;
    private final RpcServer server;
    private final Health health;

    private CreditsMain(Closer closer, RpcServer server, Health health) {
        this.closer = closer;
        this.server = server;
        this.health = health;
    }

    public static void main(String[] arguments) throws Exception {
        ProcessMain.run("credits", CreditsMain::start);
    }

    /**
     * Starts the service.
     *
     * @throws dev.rekindle.platform.config.BadSettings if a setting is missing or bad
     */
    public static CreditsMain start(Settings settings, Telemetry telemetry, Clock clock) {
        CreditsConfig config = CreditsConfig.from(settings);
        IdentityKeys keys = IdentityKeys.from("credits", settings);
        settings.check();
        Closer closer = new Closer();
        try {
            return start(config, new IdentityTokens(keys, clock), telemetry, clock, closer);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private static CreditsMain start(
            CreditsConfig config, IdentityTokens tokens, Telemetry telemetry, Clock clock, Closer closer) {
        Ids ids = Ids.timeOrdered();
        Database database = closer.add(Database.open(config.database(), telemetry.metrics()));
        Outbox outbox = new Outbox();
        RpcChannel events = closer.add(RpcChannel.open(config.events(), tokens, telemetry));
        deliver(closer.add(OutboxRelays.start(database, outbox, telemetry.metrics())), events);

        AccountStore accounts = new AccountStore();
        ChargeStore charges = new ChargeStore();
        LedgerStore ledger = new LedgerStore(outbox);
        BookEntry book = new BookEntry(ledger, ids, clock);
        GrantMonths months = new GrantMonths(accounts, book, config.catalogue(), clock);
        OpenAccount open = new OpenAccount(database, accounts, months, ids, clock);
        ChangeAccount change = new ChangeAccount(database, accounts, open);
        CatchUpGrants catchUp = new CatchUpGrants(
                database, accounts, open, clock, config.grants().accountsMax());
        closer.add(Loop.start("monthly-grants", config.grants().interval(), catchUp::run));

        Budgets budgets = new Budgets(database, new BudgetStore(), config.budgets(), outbox, ids, clock);
        SetTier setTier = new SetTier(change, accounts, months, book, config.catalogue(), clock);
        CreditsService credits = new CreditsService(
                open,
                new LedgerPages(database, ledger),
                new JobPayments(
                        change, book, charges, ledger, new JobPayments.Terms(config.catalogue(), budgets), clock),
                new RecordCost(database, new CostStore(), budgets, clock),
                config.catalogue(),
                clock);
        OperatorService operators = new OperatorService(
                new AdjustBalance(change, book, accounts, ledger, months),
                setTier,
                new AuditLedger(database, accounts, ledger, charges, new PaymentStore(), AUDITED_AT_ONCE),
                config.catalogue());
        ApiKeys apiKeys = new ApiKeys(database, accounts, new ApiKeyStore(), config.apiKeys(), ids, clock);
        RpcService.Builder service = RpcService.of(CreditsServiceGrpc.getServiceDescriptor());
        credits.bindTo(service);
        operators.bindTo(service);
        RpcService.Builder billing = RpcService.of(BillingServiceGrpc.getServiceDescriptor());
        new PlansService(config.catalogue(), config.stripe().isTestMode()).bindTo(billing);
        Billing.Books books = new Billing.Books(database, accounts, ledger, book, months, setTier);
        Optional<Billing> stripe = Billing.ifOn(config, books, ids, clock);
        stripe.ifPresent(on -> on.start(closer, open, config.catalogue(), billing));
        AccountData accountData = new AccountData(
                config,
                new AccountData.Books(database, accounts, ledger, open, outbox, stripe.map(Billing::erase)),
                DataPeers.open(config, events, tokens, telemetry, closer),
                ids,
                clock);
        Reports reports = new Reports(database, new ReportStore(), config.analytics(), clock);
        RpcServer server = closer.add(RpcServer.start(
                config.rpc(),
                tokens,
                new RequestValidator(),
                telemetry,
                List.of(
                        service.build(),
                        billing.build(),
                        accountData.start(closer),
                        new ApiKeysService(open, apiKeys, config.apiKeys()).definition(),
                        new AnalyticsService(budgets, reports).definition())));
        return new CreditsMain(closer, server, new Health(List.of(database.health())));
    }

    /** Events go to the events service, in order. */
    private static void deliver(OutboxRelays relays, RpcChannel events) {
        relays.add(
                new OutboxRelays.Route(
                        CreditsEvents.TOPIC, OutboxRelays.Order.KEPT, EventDelivery.BATCH_MAX, EventDelivery.GATHER),
                new EventDelivery(events.channel()));
    }

    /** The gRPC port. */
    public int port() {
        return server.port();
    }

    @Override
    public Health health() {
        return health;
    }

    @Override
    public void close() {
        closer.close();
    }
}
