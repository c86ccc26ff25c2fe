package dev.rekindle.events;

import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.ListEventsRequest;
import dev.rekindle.events.v1.ListEventsResponse;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.events.v1.PublishEventsResponse;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;

/** rekindle.events.v1.EventsService. */
final class EventsService {
    private final PublishEvents publishEvents;
    private final ListEvents listEvents;
    private final StreamEvents streamEvents;

    EventsService(PublishEvents publishEvents, ListEvents listEvents, StreamEvents streamEvents) {
        this.publishEvents = publishEvents;
        this.listEvents = listEvents;
        this.streamEvents = streamEvents;
    }

    ServerServiceDefinition define() {
        return RpcService.of(EventsServiceGrpc.getServiceDescriptor())
                .unary(EventsServiceGrpc.getPublishEventsMethod(), this::publishEvents)
                .unary(EventsServiceGrpc.getListEventsMethod(), this::listEvents)
                .serverStreaming(EventsServiceGrpc.getSubscribeMethod(), this::subscribe)
                .build();
    }

    private PublishEventsResponse publishEvents(PublishEventsRequest request) {
        return PublishEventsResponse.newBuilder()
                .setPublishedCount(publishEvents.publish(request.getEventsList()))
                .build();
    }

    private ListEventsResponse listEvents(ListEventsRequest request) {
        return listEvents.list(Identity.current(), request);
    }

    private void subscribe(SubscribeRequest request, MessageSink<SubscribeResponse> answers)
            throws InterruptedException {
        streamEvents.stream(Identity.current(), request, answers);
    }
}
