package dev.rekindle.gateway;

import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * Limits of calls, whatever wire they come by.
 *
 * @param unaryMax how long a call that answers once may take
 * @param messageBytesMax bytes of one gRPC message
 * @param requestsMax answers made at once; more are refused
 * @param streamsMax streams open at once; more are refused
 */
public record CallConfig(Duration unaryMax, int messageBytesMax, int requestsMax, int streamsMax) {

    /** Reads {@code limits}. */
    public static CallConfig from(Settings settings) {
        Settings limits = settings.under("limits");
        return new CallConfig(
                limits.duration("unary_max", Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofMinutes(5)),
                limits.number("message_bytes_max", 4 << 20, 1 << 10, 64 << 20),
                limits.number("requests_max", 10_000, 1, 1_000_000),
                limits.number("streams_max", 10_000, 1, 1_000_000));
    }
}
