package dev.rekindle.processing.video;

import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * How videos are handled.
 *
 * @param bytesMax bytes of one upload
 * @param pixelsMax width × height of a frame
 * @param durationMax how long a video may last whatever its owner's tier
 * @param threads of one coder
 * @param addressBytesMax address space of one process; much of it is never touched
 * @param cpuMax processor time of one process, after which the system ends it
 */
public record VideoConfig(
        long bytesMax, long pixelsMax, Duration durationMax, int threads, long addressBytesMax, Duration cpuMax) {

    public static VideoConfig from(Settings settings) {
        Settings video = settings.under("video");
        int cores = Runtime.getRuntime().availableProcessors();
        return new VideoConfig(
                video.number("bytes_max", 500L << 20, 1L << 10, 1L << 40),
                video.number("pixels_max", 4096L * 2304, 1_000L, 8192L * 8192),
                video.duration("duration_max", Duration.ofHours(2), Duration.ofSeconds(1), Duration.ofHours(24)),
                video.number("threads", Math.clamp(cores, 1, 4), 1, 64),
                video.number("address_bytes_max", 6L << 30, 1L << 30, 1L << 40),
                video.duration("cpu_max", Duration.ofHours(4), Duration.ofSeconds(10), Duration.ofDays(7)));
    }
}
