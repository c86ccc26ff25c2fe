package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.events.v1.PublishEventsResponse;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RequestValidator;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.platform.telemetry.Telemetry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The side of the events contract that this service calls, on a real server with the real access rules: takes events and
 * keeps each id once, in the order of arrival. It can be away.
 */
final class ReceivedEvents implements AutoCloseable {
    private final Map<String, Event> events = new LinkedHashMap<>();
    private final RpcServer server;
    private boolean away;

    ReceivedEvents(IdentityTokens tokens, Telemetry telemetry) {
        server = RpcServer.start(
                RpcServerConfig.from(Settings.of(Map.of())),
                tokens,
                new RequestValidator(),
                telemetry,
                List.of(RpcService.of(EventsServiceGrpc.getServiceDescriptor())
                        .unary(EventsServiceGrpc.getPublishEventsMethod(), this::publish)
                        .build()));
    }

    String target() {
        return "dns:///127.0.0.1:" + server.port();
    }

    synchronized void setAway(boolean nowAway) {
        away = nowAway;
    }

    synchronized List<Event> of(String userId) {
        return events.values().stream()
                .filter(event -> event.getUserId().equals(userId))
                .toList();
    }

    private synchronized PublishEventsResponse publish(PublishEventsRequest request) {
        if (away) {
            throw Failure.of(Reason.REASON_UNAVAILABLE, "The events service is away.");
        }
        int before = events.size();
        request.getEventsList().forEach(event -> events.putIfAbsent(event.getId(), event));
        return PublishEventsResponse.newBuilder()
                .setPublishedCount(events.size() - before)
                .build();
    }

    @Override
    public void close() {
        server.close();
    }
}
