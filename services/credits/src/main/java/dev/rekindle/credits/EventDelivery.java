package dev.rekindle.credits;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.db.OutboxRelays;
import io.grpc.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Takes events from the outbox to the events service, which leaves alone what it knows already. */
final class EventDelivery implements OutboxRelays.Delivery {
    /** Nobody sees the difference, and under load one call takes what several would. */
    static final Duration GATHER = Duration.ofMillis(50);

    static final int BATCH_MAX = 200;
    private static final long DEADLINE_SECONDS = 10;

    private final Channel events;

    EventDelivery(Channel events) {
        this.events = events;
    }

    @Override
    public void deliver(List<Outbox.Message> batch) throws Exception {
        PublishEventsRequest.Builder request = PublishEventsRequest.newBuilder();
        for (Outbox.Message message : batch) {
            request.addEvents(Event.parseFrom(message.payload()));
        }
        EventsServiceGrpc.newBlockingStub(events)
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .publishEvents(request.build());
    }
}
