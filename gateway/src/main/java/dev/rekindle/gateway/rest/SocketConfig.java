package dev.rekindle.gateway.rest;

import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * Limits of one WebSocket.
 *
 * @param identifyMax how long a client may take to say who it is
 * @param subscriptionsMax subscriptions open at once
 * @param messageBytesMax bytes of one message of a client
 * @param messagesPerSecondMax messages of a client a second, in the long run; ten times as many at once
 */
public record SocketConfig(Duration identifyMax, int subscriptionsMax, int messageBytesMax, int messagesPerSecondMax) {

    /** Reads {@code socket}. */
    public static SocketConfig from(Settings settings) {
        Settings socket = settings.under("socket");
        return new SocketConfig(
                socket.duration("identify_max", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(5)),
                socket.number("subscriptions_max", 20, 1, 1_000),
                socket.number("message_bytes_max", 16 << 10, 1 << 10, 1 << 20),
                socket.number("messages_per_second_max", 10, 1, 10_000));
    }
}
