package dev.rekindle.events.webhooks;

import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.net.AddressGuard;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All of webhooks, and the deliveries of all ways: the graph, and what the rest of the service tells it. */
public final class Webhooks implements AutoCloseable {
    private static final Duration FAN_OUT_GATHER = Duration.ofMillis(100);
    private static final Duration TRIM_INTERVAL = Duration.ofMinutes(10);
    private static final int TRIM_BATCH = 1_000;

    private final Closer closer;
    private final WebhooksService service;
    private final EndpointStore endpoints;
    private final Milestones milestones;
    private final Loop fanOut;
    private final Runnable due;

    private Webhooks(
            Closer closer,
            WebhooksService service,
            EndpointStore endpoints,
            Milestones milestones,
            Loop fanOut,
            Runnable due) {
        this.closer = closer;
        this.service = service;
        this.endpoints = endpoints;
        this.milestones = milestones;
        this.fanOut = fanOut;
        this.due = due;
    }

    /** The ways to people, which share the machinery of webhooks. */
    public record Ways(Carrier push, Carrier email) {}

    /** Starts making deliveries out of the log, and sending them. */
    public static Webhooks start(
            WebhooksConfig config, Database database, EventLog log, Ways ways, MeterRegistry metrics, Clock clock) {
        Closer closer = new Closer();
        Ids ids = Ids.timeOrdered();
        AddressGuard guard = new AddressGuard(config.targets().allowed(), InetAddress::getAllByName);
        EndpointStore endpoints = new EndpointStore(database, ids, clock, config.endpoints());
        DeliveryStore deliveries =
                new DeliveryStore(database, ids, clock, config.endpoints().waitingMax());
        PostDelivery post = closer.add(new PostDelivery(guard, config.sending(), clock));
        Carriers carriers = new Carriers(new WebhookCarrier(post, clock), ways.push(), ways.email());
        FanOutStore fanOuts = new FanOutStore(database, deliveries, carriers, clock);

        DeliveryEngine engine = closer.add(new DeliveryEngine(
                new ClaimStore(database, config, clock),
                carriers,
                new HostCircuits(config.host(), metrics, () -> TimeUnit.MILLISECONDS.toNanos(clock.millis())),
                new WebhookMetrics(metrics),
                config.sending()));
        Loop fanOut = closer.add(
                Loop.startGathering("webhooks-fan-out", config.sending().poll(), FAN_OUT_GATHER, () -> {
                    long cursor = fanOuts.cursor();
                    EventLog.Stretch stretch = log.after(cursor);
                    if (stretch.end() == cursor || !fanOuts.add(cursor, stretch)) {
                        return false;
                    }
                    engine.wake();
                    return stretch.full();
                }));
        Milestones milestones = closer.add(new Milestones(fanOuts, database.progressCircuit(), engine::wake));
        closer.add(Loop.start("webhooks-trim", TRIM_INTERVAL, () -> {
            Instant before = clock.instant().minus(config.retention());
            endpoints.forgetRequests();
            fanOuts.trimMilestones(before);
            return deliveries.trim(before, TRIM_BATCH);
        }));
        WebhooksService service = new WebhooksService(
                endpoints,
                deliveries,
                new UrlRules("settings.url", config.targets(), guard),
                new Signer(new SecureRandom()),
                engine::wake);
        return new Webhooks(closer, service, endpoints, milestones, fanOut, engine::wake);
    }

    /** rekindle.events.v1.WebhooksService. */
    public ServerServiceDefinition service() {
        return service.define();
    }

    /** Erases endpoints of a user, those of all ways, with at most so many deliveries a call. True: there is more. */
    public boolean erase(String userId, int deliveriesMax) {
        return endpoints.erase(userId, deliveriesMax);
    }

    /** Tells that a delivery is due that was not made out of the log. */
    public void due() {
        due.run();
    }

    /** Tells that the log has grown. */
    public void logHasGrown() {
        fanOut.wake();
    }

    /** Tells of events that are not in the log. */
    public void happened(List<Event> transients) {
        milestones.note(transients);
    }

    @Override
    public void close() {
        closer.close();
    }
}
