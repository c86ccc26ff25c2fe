package dev.rekindle.events;

import dev.rekindle.common.v1.Role;
import dev.rekindle.events.notifications.NotificationsConfig;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.NotificationsServiceGrpc;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.WebhooksServiceGrpc;
import dev.rekindle.events.webhooks.WebhooksConfig;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.platform.rpc.RpcTarget;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.testkit.Servers;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** One running process of the service, with callers as the gateway and the jobs service would make them. */
final class EventsProcess implements AutoCloseable {
    static final EventsConfig.Subscriptions USUAL =
            new EventsConfig.Subscriptions(20_000, 50, 256, Duration.ofSeconds(15), Duration.ofSeconds(30));

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final KeyPair GATEWAY = IdentityKeys.generate();
    private static final KeyPair JOBS = IdentityKeys.generate();

    private final Closer closer = new Closer();
    private final Telemetry telemetry = closer.add(Telemetry.start("events-test", Settings.of(Map.of())));
    private final EventsMain main;
    private final IdentityTokens gateway;
    private final EventsServiceGrpc.EventsServiceBlockingStub jobs;

    private EventsProcess(EventsConfig config, @Nullable SSLSocketFactory mailTls, Clock clock) {
        IdentityKeys keys = new IdentityKeys(
                "events",
                IdentityKeys.generate().getPrivate(),
                Map.of("gateway", GATEWAY.getPublic(), "jobs", JOBS.getPublic()));
        main = closer.add(EventsMain.start(config, keys, telemetry, mailTls, clock));
        gateway = new IdentityTokens(new IdentityKeys("gateway", GATEWAY.getPrivate(), Map.of()), clock);
        IdentityTokens own = new IdentityTokens(new IdentityKeys("jobs", JOBS.getPrivate(), Map.of()), clock);
        jobs = EventsServiceGrpc.newBlockingStub(closer.add(RpcChannel.open(RpcTarget.clear(target()), own, telemetry))
                .channel());
    }

    /** A channel of another service. */
    io.grpc.Channel asJobs() {
        return jobs.getChannel();
    }

    static EventsProcess start(DatabaseConfig database) {
        return start(database, Servers.redisConfig(), USUAL, Clock.systemUTC());
    }

    static EventsProcess start(
            DatabaseConfig database, RedisConfig redis, EventsConfig.Subscriptions subscriptions, Clock clock) {
        return start(database, redis, subscriptions, Map.of(), null, clock);
    }

    /** A process with settings of webhooks and notifications. */
    static EventsProcess start(DatabaseConfig database, Map<String, String> webhooks, Clock clock) {
        return start(database, webhooks, null, clock);
    }

    /** A process with settings of webhooks and notifications that trusts a mail server of the test. */
    static EventsProcess start(
            DatabaseConfig database, Map<String, String> webhooks, @Nullable SSLSocketFactory mailTls, Clock clock) {
        return start(database, Servers.redisConfig(), USUAL, webhooks, mailTls, clock);
    }

    private static EventsProcess start(
            DatabaseConfig database,
            RedisConfig redis,
            EventsConfig.Subscriptions subscriptions,
            Map<String, String> webhooks,
            @Nullable SSLSocketFactory mailTls,
            Clock clock) {
        return new EventsProcess(
                new EventsConfig(
                        database,
                        redis,
                        new RpcServerConfig("127.0.0.1", 0, 4 << 20, 20_000, false, Duration.ofSeconds(5)),
                        new EventsConfig.History(Duration.ofDays(30), 3),
                        // The databases of tests share a Redis.
                        new EventsConfig.Tail(POLL, 500, "test." + database.url()),
                        subscriptions,
                        WebhooksConfig.from(Settings.of(webhooks)),
                        NotificationsConfig.from(Settings.of(webhooks))),
                mailTls,
                clock);
    }

    private String target() {
        return "dns:///127.0.0.1:" + main.port();
    }

    Telemetry telemetry() {
        return telemetry;
    }

    EventsMain main() {
        return main;
    }

    /** Publishes as the jobs service; answers how many were new. */
    int publish(Event... events) {
        return publish(List.of(events));
    }

    int publish(List<Event> events) {
        return jobs.publishEvents(
                        PublishEventsRequest.newBuilder().addAllEvents(events).build())
                .getPublishedCount();
    }

    /** A connection of the gateway, on which any number of callers speak. */
    Connection connect() {
        return new Connection();
    }

    static Identity user(String id) {
        return new Identity(id, Set.of(Role.ROLE_USER), null, Instant.MAX);
    }

    @Override
    public void close() {
        closer.close();
    }

    /** A connection of the gateway. */
    final class Connection implements AutoCloseable {
        private final AtomicReference<String> token = new AtomicReference<>("");
        private final RpcChannel channel = RpcChannel.open(RpcTarget.clear(target()), token::get, telemetry);

        /** Calls as that caller. */
        EventsServiceGrpc.EventsServiceBlockingStub as(Identity caller) {
            token.set(gateway.sign(caller));
            return EventsServiceGrpc.newBlockingStub(channel.channel());
        }

        /** Calls about webhooks as that caller. */
        WebhooksServiceGrpc.WebhooksServiceBlockingStub webhooksOf(Identity caller) {
            token.set(gateway.sign(caller));
            return WebhooksServiceGrpc.newBlockingStub(channel.channel());
        }

        /** Calls about notifications as that caller. */
        NotificationsServiceGrpc.NotificationsServiceBlockingStub notificationsOf(Identity caller) {
            token.set(gateway.sign(caller));
            return NotificationsServiceGrpc.newBlockingStub(channel.channel());
        }

        /** A stream of that caller that reads as quickly as messages come. */
        Reader subscribe(Identity caller, SubscribeRequest request) {
            return subscribe(caller, request, Reader.quick());
        }

        Reader subscribe(Identity caller, SubscribeRequest request, Reader reader) {
            token.set(gateway.sign(caller));
            EventsServiceGrpc.newStub(channel.channel()).subscribe(request, reader);
            return reader;
        }

        @Override
        public void close() {
            channel.close();
        }
    }
}
