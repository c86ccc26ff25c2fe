package dev.rekindle.platform.blobs;

import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a process reaches the blob store.
 *
 * @param endpoint address of an S3 service; empty for AWS itself
 * @param publicEndpoint address by which clients reach it, for signed URLs; empty where they do not
 * @param encrypt ask the store to encrypt what it keeps (SSE-S3)
 * @param signedFor how long a signed URL is good
 * @param circuit when the store is no longer asked
 * @param alternative where results go that this store does not take; null for nowhere
 */
public record BlobsConfig(
        URI endpoint,
        URI publicEndpoint,
        String region,
        String bucket,
        String accessKey,
        Secret secretKey,
        boolean encrypt,
        Duration signedFor,
        CircuitRule circuit,
        @Nullable BlobsConfig alternative) {
    private static final CircuitRule CIRCUIT = CircuitRule.ofSeconds(3, 30, 60, 15);

    /** Reads {@code blobs}, and {@code blobs.alternative} where it names a bucket. */
    public static BlobsConfig from(Settings settings) {
        Settings blobs = settings.under("blobs");
        Settings alternative = blobs.under("alternative");
        return read(blobs, alternative.has("bucket") ? read(alternative, null) : null);
    }

    private static BlobsConfig read(Settings blobs, @Nullable BlobsConfig alternative) {
        return new BlobsConfig(
                blobs.uri("endpoint", URI.create("")),
                blobs.uri("public_endpoint", URI.create("")),
                blobs.text("region", "us-east-1"),
                blobs.text("bucket", "rekindle"),
                blobs.text("access_key", ""),
                blobs.secret("secret_key", ""),
                blobs.flag("encrypt", true),
                blobs.duration("signed_for", Duration.ofMinutes(15), Duration.ofSeconds(10), Duration.ofDays(7)),
                CircuitRule.from(blobs, CIRCUIT),
                alternative);
    }
}
