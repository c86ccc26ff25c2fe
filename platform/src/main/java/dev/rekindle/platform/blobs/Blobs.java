package dev.rekindle.platform.blobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.telemetry.HealthCheck;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs by key in an S3 store. Nothing is public: clients read by signed, expiring addresses only. Every method answers or
 * throws a {@link Failure}: NOT_FOUND for a key that is not there, STORAGE_FAILED for a store that does not work. When it has
 * failed too often, it is not asked for a while and the failure comes at once.
 *
 * <p>Beside it there may be an alternative store, which holds what this one did not take ({@link #putElsewhere}) until it is
 * brought home. Whoever reads or deletes need not know: what is not here is looked for there.
 */
public final class Blobs implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Blobs.class);
    private static final String ALL = "";

    /** What is known of a blob without reading it. */
    public record BlobInfo(String key, long sizeBytes, String contentType, String etag, Instant lastModified) {}

    /** A blob being read: close it. */
    public record Content(BlobInfo info, InputStream bytes) implements AutoCloseable {
        @Override
        public void close() throws java.io.IOException {
            bytes.close();
        }
    }

    /** A signed request a client may make: the address, and the headers it must carry. */
    public record Signed(URI url, Map<String, String> headers, Instant expiry) {}

    /** One stored part of an upload in parts. */
    public record Part(int number, String etag) {}

    private final Bucket home;
    private final @Nullable Bucket alternative;

    private Blobs(Bucket home, @Nullable Bucket alternative) {
        this.home = home;
        this.alternative = alternative;
    }

    public static Blobs open(BlobsConfig config) {
        BlobsConfig other = config.alternative();
        return new Blobs(Bucket.open("s3", config), other == null ? null : Bucket.open("s3-alternative", other));
    }

    /** Keeps calls away while the store fails. */
    public CircuitBreaker circuit() {
        return home.circuit();
    }

    /** Publishes how the stores are, and what is asked of them. */
    public void bindTo(MeterRegistry metrics) {
        home.bindTo(metrics);
        if (alternative != null) {
            alternative.bindTo(metrics);
        }
    }

    /**
     * Refuses what would need the store in a moment.
     *
     * @throws Failure STORAGE_FAILED with the time after which to try again, while the store is left alone
     */
    public void requireWorking() {
        home.requireWorking();
    }

    /** True if clients reach the store, so that signed addresses are of use to them. */
    public boolean reachableForClients() {
        return home.reachableForClients();
    }

    /** Stores bytes, replacing what is there. */
    public void put(String key, byte[] bytes, String contentType) {
        home.put(key, bytes, contentType);
    }

    /** Stores a file, replacing what is there. */
    public void put(String key, Path file, String contentType) {
        home.put(key, file, contentType);
    }

    /**
     * Stores a file that the store did not take in the alternative store.
     *
     * @param failure why the store did not take it; thrown where there is no other, or that does not take it either
     */
    public void putElsewhere(String key, Path file, String contentType, Failure failure) {
        if (alternative == null) {
            throw failure;
        }
        try {
            alternative.put(key, file, contentType);
        } catch (Failure there) {
            failure.addSuppressed(there);
            throw failure;
        }
        log.warn("{} lies in the alternative store until it is brought home: {}", key, failure.detail());
    }

    /** Opens a blob for reading. */
    public Content get(String key) {
        return get(key, 0, 0);
    }

    /** Opens a piece of a blob for reading; a limit of 0 means to the end. */
    public Content get(String key, long offset, long limit) {
        try {
            return home.get(key, offset, limit);
        } catch (Failure failure) {
            if (alternative == null || elsewhere(key).isEmpty()) {
                throw failure;
            }
            return alternative.get(key, offset, limit);
        }
    }

    /** What is known of a blob; empty if there is none. */
    public Optional<BlobInfo> find(String key) {
        try {
            Optional<BlobInfo> here = home.find(key);
            return here.isPresent() ? here : elsewhere(key);
        } catch (Failure failure) {
            Optional<BlobInfo> there = elsewhere(key);
            if (there.isEmpty()) {
                throw failure;
            }
            return there;
        }
    }

    /** What the alternative store has of the blob; empty also where there is no such store, or it does not answer. */
    private Optional<BlobInfo> elsewhere(String key) {
        try {
            return alternative == null ? Optional.empty() : alternative.find(key);
        } catch (Failure failure) {
            log.debug("The alternative store does not say whether it has {}", key, failure);
            return Optional.empty();
        }
    }

    /**
     * Deletes blobs; those that are not there do not matter. Elsewhere first: whoever brings one home at this moment then
     * sees that it is gone.
     */
    public void delete(List<String> keys) {
        if (alternative != null) {
            alternative.delete(keys);
        }
        home.delete(keys);
    }

    /** Shows every blob whose key begins so, in the order of keys. */
    public void list(String prefix, Consumer<BlobInfo> each) {
        TreeMap<String, BlobInfo> elsewhere = new TreeMap<>();
        if (alternative != null) {
            alternative.list(prefix, blob -> elsewhere.put(blob.key(), blob));
        }
        home.list(prefix, blob -> {
            for (var first = elsewhere.firstEntry();
                    first != null && first.getKey().compareTo(blob.key()) <= 0;
                    first = elsewhere.firstEntry()) {
                elsewhere.remove(first.getKey());
                if (!first.getKey().equals(blob.key())) {
                    each.accept(first.getValue());
                }
            }
            each.accept(blob);
        });
        elsewhere.values().forEach(each);
    }

    /** An address by which anyone may read the blob until it expires. */
    public Signed signGet(String key, String filename) {
        return alternative != null && elsewhere(key).isPresent()
                ? alternative.signGet(key, filename)
                : home.signGet(key, filename);
    }

    /** An address by which anyone may write the blob, of just that size and type, until it expires. */
    public Signed signPut(String key, long sizeBytes, String contentType) {
        return home.signPut(key, sizeBytes, contentType);
    }

    /** Begins an upload in parts; answers its id. Every part but the last has at least 5 MiB. */
    public String beginParts(String key, String contentType) {
        return home.beginParts(key, contentType);
    }

    /** Stores one part; the same number again replaces it. */
    public Part putPart(String key, String uploadId, int number, byte[] bytes, int length) {
        return home.putPart(key, uploadId, number, bytes, length);
    }

    /** Makes the blob of its parts. */
    public void completeParts(String key, String uploadId, List<Part> parts) {
        home.completeParts(key, uploadId, parts);
    }

    /** Gives an upload in parts up; one that is not there does not matter. */
    public void abortParts(String key, String uploadId) {
        home.abortParts(key, uploadId);
    }

    /**
     * Brings home what lies in the alternative store.
     *
     * @return how many blobs
     */
    public int bringHome() {
        Bucket from = alternative;
        if (from == null || !home.circuit().lets()) {
            return 0;
        }
        List<BlobInfo> away = new ArrayList<>();
        from.list(ALL, away::add);
        for (BlobInfo blob : away) {
            bringHome(blob.key(), from);
        }
        return away.size();
    }

    /** The copy there goes last, so that a crash leaves two; what was deleted meanwhile does not come back. */
    private void bringHome(String key, Bucket from) {
        try (Content content = from.get(key, 0, 0)) {
            home.put(key, content);
        } catch (IOException e) {
            throw Failure.of(Reason.REASON_STORAGE_FAILED, "The picture store did not answer. Please try again.")
                    .withDetail("alternative " + key + ": " + e.getMessage(), e);
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_NOT_FOUND) {
                throw failure;
            }
            return;
        }
        if (from.find(key).isEmpty()) {
            home.delete(List.of(key));
        } else {
            from.delete(List.of(key));
            log.info("{} was brought home from the alternative store", key);
        }
    }

    /** Works if the bucket answers. */
    public HealthCheck health() {
        return home.health();
    }

    @Override
    public void close() {
        if (alternative != null) {
            alternative.close();
        }
        home.close();
    }
}
