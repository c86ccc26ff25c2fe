package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.rpc.Failure;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** A blob written from its beginning to its end without its size being known: one part of it is in memory at a time. */
final class PartsOutput extends OutputStream {
    private static final int PART_BYTES = 8 << 20;

    private final Blobs blobs;
    private final String key;
    private final String partsId;
    private final long bytesMax;
    private final byte[] part = new byte[PART_BYTES];
    private final List<Blobs.Part> parts = new ArrayList<>();
    private int filled;
    private long written;

    PartsOutput(Blobs blobs, String key, String partsId, long bytesMax) {
        this.blobs = blobs;
        this.key = key;
        this.partsId = partsId;
        this.bytesMax = bytesMax;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    /** @throws Failure TOO_LARGE if the blob would have more bytes than it may have */
    @Override
    public void write(byte[] bytes, int offset, int length) {
        written += length;
        if (written > bytesMax) {
            throw Failure.of(
                    Reason.REASON_TOO_LARGE,
                    "The archive of your data would have more than " + bytesMax
                            + " bytes, the most that is made here. Delete some photos, or ask the operator for more.");
        }
        int at = offset;
        int left = length;
        while (left > 0) {
            int fits = Math.min(left, PART_BYTES - filled);
            System.arraycopy(bytes, at, part, filled, fits);
            filled += fits;
            at += fits;
            left -= fits;
            if (filled == PART_BYTES) {
                store();
            }
        }
    }

    private void store() {
        parts.add(blobs.putPart(key, partsId, parts.size() + 1, part, filled));
        filled = 0;
    }

    /** Makes the blob of what was written; answers its size. */
    long complete() {
        if (filled > 0 || parts.isEmpty()) {
            store();
        }
        blobs.completeParts(key, partsId, parts);
        return written;
    }
}
