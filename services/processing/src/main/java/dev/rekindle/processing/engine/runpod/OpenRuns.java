package dev.rekindle.processing.engine.runpod;

import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What runs at RunPod and for which attempt, kept until it has ended. A worker that dies, or gives its job up to another,
 * leaves its note behind, and the next attempt at the job finds it.
 */
public interface OpenRuns {

    /**
     * A job that runs, or did.
     *
     * @param reference of the attempt it runs for
     */
    record Run(String reference, String endpoint, String id) {}

    void note(Run run);

    void forget(String reference);

    /** What other attempts at the same job have left. */
    List<Run> left(String reference);

    /** True if another attempt goes on with what runs, when work ends for that cause; else nobody waits for it any more. */
    static boolean areGoneOnWith(Stop.Cause why) {
        return switch (why) {
            case LEASE_LOST, SHUTDOWN -> true;
            case CANCELLED, TIMEOUT, STALLED -> false;
        };
    }

    /** The folder of a job, which all its attempts share. */
    static String folderOf(String reference) {
        return reference.substring(0, reference.lastIndexOf('/') + 1);
    }

    /** Beside what the attempts store. */
    static OpenRuns in(Blobs blobs) {
        return new InBlobs(blobs);
    }

    /** A blob of two words an attempt. */
    record InBlobs(Blobs blobs) implements OpenRuns {
        private static final String NAME = "/engine-run";
        private static final int BYTES_MAX = 1_000;

        @Override
        public void note(Run run) {
            byte[] text = (run.endpoint() + " " + run.id()).getBytes(StandardCharsets.UTF_8);
            blobs.put(run.reference() + NAME, text, "text/plain");
        }

        @Override
        public void forget(String reference) {
            blobs.delete(List.of(reference + NAME));
        }

        @Override
        public List<Run> left(String reference) {
            List<String> keys = new ArrayList<>();
            blobs.list(folderOf(reference), blob -> {
                if (blob.key().endsWith(NAME) && !blob.key().equals(reference + NAME)) {
                    keys.add(blob.key());
                }
            });
            return keys.stream().map(this::read).toList();
        }

        private Run read(String key) {
            try (Blobs.Content content = blobs.get(key)) {
                String[] words =
                        new String(content.bytes().readNBytes(BYTES_MAX), StandardCharsets.UTF_8).split(" ", 2);
                return new Run(
                        key.substring(0, key.length() - NAME.length()), words[0], words.length > 1 ? words[1] : "");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
