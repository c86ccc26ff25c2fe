package dev.rekindle.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.platform.redis.Redis;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the processes of this service tell each other through Redis: that the log has grown, and transient events. Nothing
 * depends on it arriving: the log is looked at anyway, and transient events may be lost. So sending never waits, and
 * leaves out what Redis is too slow to take.
 */
final class LiveChannel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LiveChannel.class);
    private static final int UNSENT_MAX = 1_000;
    /** Then the message is a place in the log. */
    private static final String GROWN = ".grown";
    /** Then the message is the time of publishing, in microseconds as eight bytes, and a PublishEventsRequest. */
    private static final String TRANSIENT = ".transient";

    private final Redis redis;
    private final String prefix;
    private final EventMetrics metrics;
    private final Semaphore unsent = new Semaphore(UNSENT_MAX);
    private final AutoCloseable receiving;

    private LiveChannel(Redis redis, String prefix, LogTail tail, Switchboard switchboard, EventMetrics metrics) {
        this.redis = redis;
        this.prefix = prefix;
        this.metrics = metrics;
        this.receiving = redis.subscribe(List.of(prefix + GROWN, prefix + TRANSIENT), (channel, message) -> {
            if (message.length < Long.BYTES) {
                log.warn("A message of {} bytes on {} is none of ours", message.length, channel);
            } else if (channel.endsWith(GROWN)) {
                tail.wake(new Position(ByteBuffer.wrap(message).getLong()));
            } else {
                receive(message, switchboard);
            }
        });
    }

    /** Opens the channel: from now on the tail and the switchboard hear what the others tell, and what this one does. */
    static LiveChannel open(Redis redis, String prefix, LogTail tail, Switchboard switchboard, EventMetrics metrics) {
        return new LiveChannel(redis, prefix, tail, switchboard, metrics);
    }

    /** Tells that the log has grown to that place. */
    void tellGrown(Position head) {
        send(GROWN, ByteBuffer.allocate(Long.BYTES).putLong(head.seq()).array());
    }

    /** Tells transient events. */
    void tell(List<Event> events, Instant publishTime) {
        byte[] body =
                PublishEventsRequest.newBuilder().addAllEvents(events).build().toByteArray();
        send(
                TRANSIENT,
                ByteBuffer.allocate(Long.BYTES + body.length)
                        .putLong(Position.at(publishTime).seq())
                        .put(body)
                        .array());
    }

    private void send(String channel, byte[] message) {
        if (!unsent.tryAcquire()) {
            metrics.unsent();
            return;
        }
        var _ = redis.send(commands -> commands.publish(prefix + channel, message))
                .whenComplete((_, thrown) -> {
                    unsent.release();
                    if (thrown != null) {
                        metrics.unsent();
                        log.debug("Redis did not take a message on {}", channel, thrown);
                    }
                });
    }

    private static void receive(byte[] message, Switchboard switchboard) {
        ByteBuffer buffer = ByteBuffer.wrap(message);
        Instant publishTime = new Position(buffer.getLong()).time();
        try {
            PublishEventsRequest.parseFrom(buffer)
                    .getEventsList()
                    .forEach(event -> switchboard.deliverTransient(event, publishTime));
        } catch (InvalidProtocolBufferException e) {
            log.warn("A message on {} cannot be read", TRANSIENT, e);
        }
    }

    @Override
    public void close() {
        try {
            receiving.close();
        } catch (Exception e) {
            log.warn("The subscription to Redis did not close well", e);
        }
    }
}
