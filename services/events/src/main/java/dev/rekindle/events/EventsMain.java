package dev.rekindle.events;

import dev.rekindle.events.notifications.Notifications;
import dev.rekindle.events.v1.ListEventsRequest;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.webhooks.EventLog;
import dev.rekindle.events.webhooks.Webhooks;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RequestValidator;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.Telemetry;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** The events service: its whole graph, and its process. */
public final class EventsMain implements ProcessMain.Running {
    private final Closer closer;
    private final RpcServer server;
    private final Health health;

    private EventsMain(Closer closer, RpcServer server, Health health) {
        this.closer = closer;
        this.server = server;
        this.health = health;
    }

    /** Starts the service; what it has opened is closed again where it cannot start. */
    public static EventsMain start(Settings settings, Telemetry telemetry, Clock clock) {
        EventsConfig config = EventsConfig.from(settings);
        IdentityKeys keys = IdentityKeys.from("events", settings);
        settings.check();
        return start(config, keys, telemetry, null, clock);
    }

    /** @param mailTls how TLS is spoken to the mail server; null as this JDK does */
    static EventsMain start(
            EventsConfig config,
            IdentityKeys keys,
            Telemetry telemetry,
            @Nullable SSLSocketFactory mailTls,
            Clock clock) {
        Closer closer = new Closer();
        try {
            EventMetrics metrics = new EventMetrics(telemetry.metrics());
            Database database = closer.add(Database.open(config.database(), telemetry.metrics()));
            Redis redis = closer.add(Redis.open(config.redis()));
            redis.circuit().bindTo(telemetry.metrics());

            PartitionStore partitions = new PartitionStore(database, config.history(), clock);
            partitions.maintain();
            closer.add(Loop.start("events-partitions", PartitionStore.INTERVAL, () -> {
                partitions.maintain();
                return false;
            }));
            EventStore store = new EventStore(database, partitions, clock);

            Switchboard switchboard = new Switchboard(config.subscriptions(), metrics, store.advanceHead());
            LogTail tail = closer.add(LogTail.start(store, switchboard, config.tail()));
            LiveChannel channel =
                    closer.add(LiveChannel.open(redis, config.tail().channelPrefix(), tail, switchboard, metrics));

            Notifications notifications =
                    closer.add(Notifications.open(config.notifications(), config.webhooks(), database, mailTls, clock));
            Webhooks webhooks = closer.add(Webhooks.start(
                    config.webhooks(),
                    database,
                    place -> stretch(store, place, config.tail().batchMax()),
                    notifications.ways(),
                    telemetry.metrics(),
                    clock));
            FindPosition findPosition = new FindPosition(store, partitions);
            EventsService service = new EventsService(
                    new PublishEvents(store, tail, channel, webhooks, metrics, clock),
                    new ListEvents(store, findPosition),
                    new StreamEvents(store, findPosition, switchboard, config.subscriptions(), metrics, clock));
            RequestValidator validator = new RequestValidator();
            validator.warm(List.of(
                    SubscribeRequest.getDefaultInstance(),
                    ListEventsRequest.getDefaultInstance(),
                    PublishEventsRequest.getDefaultInstance()));
            RpcServer server = closer.add(RpcServer.start(
                    config.rpc(),
                    new IdentityTokens(keys, clock),
                    validator,
                    telemetry,
                    List.of(
                            service.define(),
                            webhooks.service(),
                            notifications.service(webhooks::due),
                            new UserDataService(new UserEventStore(database), webhooks, notifications).define())));
            closer.add(switchboard); // closed first: its streams end, and the server has none to wait for
            server.setServing(true);
            // Redis is optional: without it events come later and progress not at all, which is better than no service.
            return new EventsMain(
                    closer,
                    server,
                    new Health(List.of(database.health(), redis.health().optional())));
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private static EventLog.Stretch stretch(EventStore store, long place, int countMax) {
        Page page = store.readAll(new Position(place), countMax);
        return new EventLog.Stretch(
                page.events().stream().map(LoggedEvent::event).toList(),
                page.end().seq(),
                page.full());
    }

    /** The port of its gRPC. */
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

    public static void main(String[] arguments) throws Exception {
        ProcessMain.run("events", EventsMain::start);
    }
}
