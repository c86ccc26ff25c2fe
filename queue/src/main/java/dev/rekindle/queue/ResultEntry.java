package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a leased job, in the order of happening.
 *
 * @param streamId for acknowledging
 * @param id the job
 * @param attempt and leaseId say which attempt it belongs to
 * @param time by the clock of Redis, in microseconds: of two steps of the queue the later has the later time
 * @param ending how it ended; set for FINISHED only
 * @param lostCount how often leases of this job were lost in a day, this time included; 0 unless LOST
 * @param payload the worker's report; empty for STARTED, LOST and RETURNED, and for a job that was given back when its
 *     cancellation had been asked for (FINISHED, CANCELLED)
 */
public record ResultEntry(
        String streamId,
        Type type,
        String id,
        int attempt,
        String leaseId,
        String workerId,
        Instant time,
        @Nullable Ending ending,
        int lostCount,
        ByteString payload) {

    /** What happened. */
    public enum Type {
        /** A worker has claimed it. */
        STARTED,
        /** The worker reports on the way. */
        REPORT,
        /** The attempt has ended and the queue has forgotten the job. */
        FINISHED,
        /** The lease ran out and the queue has forgotten the job; enqueue it again for another attempt. */
        LOST,
        /** The worker gave it back; it waits at the head of its lane and the attempt does not count. */
        RETURNED
    }

    /** Reads an entry of the stream: a line of words, then the payload. */
    static ResultEntry parse(String streamId, byte[] body) {
        int end = 0;
        while (body[end] != '\n') {
            end++;
        }
        String[] words = new String(body, 0, end, StandardCharsets.UTF_8).split(" ", -1);
        Type type = Type.valueOf(words[0]);
        return new ResultEntry(
                streamId,
                type,
                words[1],
                Integer.parseInt(words[2]),
                words[3],
                words[4],
                Instant.ofEpochMilli(Long.parseLong(words[5])).plus(micros(words), ChronoUnit.MICROS),
                type == Type.FINISHED ? Ending.valueOf(words[6]) : null,
                type == Type.LOST ? Integer.parseInt(words[6]) : 0,
                UnsafeByteOperations.unsafeWrap(body, end + 1, body.length - end - 1));
    }

    /** Those who wrote before there were microseconds wrote none. */
    private static long micros(String[] words) {
        return words.length > 7 ? Long.parseLong(words[7]) : 0;
    }
}
