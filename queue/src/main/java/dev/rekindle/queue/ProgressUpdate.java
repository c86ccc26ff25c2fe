package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/**
 * Progress of a running job as it is published.
 *
 * @param leaseId of the run it is of; two runs may have one number, where the first did not count
 * @param sequence rises within a run
 */
public record ProgressUpdate(String id, int attempt, String leaseId, long sequence, ByteString progress) {

    /** Reads a message: a line of words, then the progress. */
    static ProgressUpdate parse(byte[] message) {
        int end = 0;
        while (message[end] != '\n') {
            end++;
        }
        String[] head = new String(message, 0, end, StandardCharsets.UTF_8).split(" ", -1);
        return new ProgressUpdate(
                head[0],
                Integer.parseInt(head[1]),
                head[3],
                Long.parseLong(head[2]),
                ByteString.copyFrom(message, end + 1, message.length - end - 1));
    }
}
