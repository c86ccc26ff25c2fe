package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;

/**
 * A job leased to a worker. Attempt and lease id together are the fencing token: every call about the job carries them,
 * and a call with a token that no longer holds changes nothing.
 *
 * @param attempt 1 for the first
 * @param leaseId differs for every lease, also when an attempt's number comes again
 * @param enqueuedAt when it began to wait
 */
public record Claim(
        String id,
        String kind,
        String lane,
        int attempt,
        String leaseId,
        ByteString payload,
        Duration attemptTimeout,
        Instant enqueuedAt) {}
