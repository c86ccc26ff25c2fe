package dev.rekindle.jobs;

import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.db.OutboxRelays;
import java.util.ArrayList;
import java.util.List;

/** Deletes blobs nobody owns any more: single keys, and everything below a key that ends in '/'. */
final class SweepBlobs implements OutboxRelays.Delivery {
    private final Blobs blobs;

    SweepBlobs(Blobs blobs) {
        this.blobs = blobs;
    }

    @Override
    public void deliver(List<Outbox.Message> batch) {
        List<String> keys = new ArrayList<>();
        for (Outbox.Message message : batch) {
            String key = message.payload().toStringUtf8();
            if (key.endsWith("/")) {
                blobs.list(key, blob -> keys.add(blob.key()));
            } else {
                keys.add(key);
            }
        }
        blobs.delete(keys);
    }
}
