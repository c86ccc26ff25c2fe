package dev.rekindle.gateway.rest;

import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * Limits of REST.
 *
 * @param bodyBytesMax bytes of a JSON body
 * @param uploadBytesMax bytes of one upload
 * @param uploadMax how long one request with an upload or a download may take
 * @param idleMax how long a client may neither send nor take anything of an upload or a stream
 * @param keepAlive after how long a quiet stream says that it still stands
 * @param redirect whether content is answered by the signed address of the blob store instead of the bytes
 */
public record RestConfig(
        long bodyBytesMax,
        long uploadBytesMax,
        Duration uploadMax,
        Duration idleMax,
        Duration keepAlive,
        boolean redirect) {

    /** Reads {@code limits} and {@code content}. */
    public static RestConfig from(Settings settings) {
        Settings limits = settings.under("limits");
        return new RestConfig(
                limits.number("body_bytes_max", 4L << 20, 1L << 10, 64L << 20),
                limits.number("upload_bytes_max", 524_288_000L, 1L << 10, 524_288_000L),
                limits.duration("upload_max", Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(1)),
                limits.duration("idle_max", Duration.ofSeconds(60), Duration.ofMillis(100), Duration.ofMinutes(10)),
                limits.duration("keep_alive", Duration.ofSeconds(15), Duration.ofMillis(50), Duration.ofMinutes(5)),
                settings.under("content").flag("redirect", false));
    }

    UploadLimits uploads() {
        return new UploadLimits(uploadBytesMax, idleMax, uploadMax);
    }
}
