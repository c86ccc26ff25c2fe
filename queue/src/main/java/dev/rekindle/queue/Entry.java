package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is put into a lane.
 *
 * @param id UUID text
 * @param lane one of the configured lanes
 * @param kind what a worker must be able to do, one of the configured kinds
 * @param priority 1 low, 5 normal, 10 high or 20 urgent
 * @param memoryBytes what a worker must have free for it
 * @param attemptsSoFar attempts counted already; above 0 it is a retry and goes first
 * @param attemptTimeout how long an attempt may take
 * @param payload what the worker gets
 * @param notBefore when it begins to wait; null: at once
 */
public record Entry(
        String id,
        String lane,
        String kind,
        int priority,
        long memoryBytes,
        int attemptsSoFar,
        Duration attemptTimeout,
        ByteString payload,
        @Nullable Instant notBefore) {}
