package dev.rekindle.platform.blobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.blobs.Blobs.BlobInfo;
import dev.rekindle.platform.blobs.Blobs.Content;
import dev.rekindle.platform.blobs.Blobs.Part;
import dev.rekindle.platform.blobs.Blobs.Signed;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.circuit.CircuitOpen;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.telemetry.HealthCheck;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * One bucket of an S3 store. Every method answers or throws a {@link Failure}: NOT_FOUND for a key that is not there,
 * STORAGE_FAILED for a store that does not work. When it has failed too often, it is not asked for a while and the failure
 * comes at once.
 */
final class Bucket implements AutoCloseable {

    private final BlobsConfig config;
    private final S3Client client;
    private final S3Presigner presigner;
    private final CircuitBreaker circuit;
    private final Loop testing;
    private volatile @Nullable BucketFigures figures;

    private Bucket(String name, BlobsConfig config, S3Client client, S3Presigner presigner) {
        this.config = config;
        this.client = client;
        this.presigner = presigner;
        this.circuit = new CircuitBreaker(name, config.circuit(), System::nanoTime);
        this.testing = circuit.testing(this::requireBucket);
    }

    /** @param name of the store in metrics and checks of health */
    static Bucket open(String name, BlobsConfig config) {
        AwsCredentialsProvider credentials = config.accessKey().isEmpty()
                ? DefaultCredentialsProvider.builder().build()
                : StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        config.accessKey(), config.secretKey().reveal()));
        boolean aws = config.endpoint().toString().isEmpty();
        S3ClientBuilder client = S3Client.builder()
                .region(Region.of(config.region()))
                .credentialsProvider(credentials)
                .forcePathStyle(!aws)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(Duration.ofSeconds(3))
                        .socketTimeout(Duration.ofSeconds(30)));
        S3Presigner.Builder presigner = S3Presigner.builder()
                .region(Region.of(config.region()))
                .credentialsProvider(credentials)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(!aws).build());
        if (!aws) {
            client.endpointOverride(config.endpoint());
            presigner.endpointOverride(
                    config.publicEndpoint().toString().isEmpty() ? config.endpoint() : config.publicEndpoint());
        }
        return new Bucket(name, config, client.build(), presigner.build());
    }

    /** Keeps calls away while the store fails. */
    CircuitBreaker circuit() {
        return circuit;
    }

    /** Publishes how the store is and what is asked of it, from now on. */
    void bindTo(MeterRegistry metrics) {
        circuit.bindTo(metrics);
        figures = new BucketFigures(metrics, circuit.name());
    }

    /**
     * Refuses what would need the store in a moment.
     *
     * @throws Failure STORAGE_FAILED with the time after which to try again, while the store is left alone
     */
    void requireWorking() {
        try {
            circuit.requireLets();
        } catch (CircuitOpen e) {
            throw away("", e);
        }
    }

    /** True if clients reach the store, so that signed addresses are of use to them. */
    boolean reachableForClients() {
        return config.endpoint().toString().isEmpty()
                || !config.publicEndpoint().toString().isEmpty();
    }

    /** Stores bytes, replacing what is there. */
    void put(String key, byte[] bytes, String contentType) {
        put(key, RequestBody.fromBytes(bytes), contentType);
    }

    /** Stores a file, replacing what is there. */
    void put(String key, Path file, String contentType) {
        put(key, RequestBody.fromFile(file), contentType);
    }

    /** Stores what is read elsewhere, replacing what is there. */
    void put(String key, Content content) {
        put(
                key,
                RequestBody.fromInputStream(content.bytes(), content.info().sizeBytes()),
                content.info().contentType());
    }

    private void put(String key, RequestBody body, String contentType) {
        call(
                "put",
                key,
                () -> client.putObject(
                        request -> {
                            request.bucket(config.bucket()).key(key).contentType(contentType);
                            if (config.encrypt()) {
                                request.serverSideEncryption(ServerSideEncryption.AES256);
                            }
                        },
                        body));
    }

    /** Opens a piece of a blob for reading; a limit of 0 means to the end. */
    Content get(String key, long offset, long limit) {
        return call("get", key, () -> {
            var response = client.getObject(request -> {
                request.bucket(config.bucket()).key(key);
                if (offset > 0 || limit > 0) {
                    request.range("bytes=" + offset + "-" + (limit > 0 ? String.valueOf(offset + limit - 1) : ""));
                }
            });
            return new Content(info(key, response.response()), response);
        });
    }

    /** What is known of a blob; empty if there is none. */
    Optional<BlobInfo> find(String key) {
        try {
            return Optional.of(call(
                    "head",
                    key,
                    () -> info(
                            key,
                            client.headObject(
                                    request -> request.bucket(config.bucket()).key(key)))));
        } catch (Failure failure) {
            if (failure.reason() == Reason.REASON_NOT_FOUND) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Deletes blobs; those that are not there do not matter. */
    void delete(List<String> keys) {
        for (int from = 0; from < keys.size(); from += 1000) {
            List<ObjectIdentifier> batch = keys.subList(from, Math.min(from + 1000, keys.size())).stream()
                    .map(key -> ObjectIdentifier.builder().key(key).build())
                    .toList();
            call(
                    "delete",
                    keys.get(from),
                    () -> client.deleteObjects(request -> request.bucket(config.bucket())
                            .delete(Delete.builder().objects(batch).quiet(true).build())));
        }
    }

    /** Shows every blob whose key begins so, in the order of keys. */
    void list(String prefix, Consumer<BlobInfo> each) {
        call("list", prefix, () -> {
            client.listObjectsV2Paginator(ListObjectsV2Request.builder()
                            .bucket(config.bucket())
                            .prefix(prefix)
                            .build())
                    .contents()
                    .forEach(object -> each.accept(
                            new BlobInfo(object.key(), object.size(), "", object.eTag(), object.lastModified())));
            return true;
        });
    }

    /** An address by which anyone may read the blob until it expires. */
    Signed signGet(String key, String filename) {
        return sign(key, () -> {
            var signed = presigner.presignGetObject(request -> request.signatureDuration(config.signedFor())
                    .getObjectRequest(get -> {
                        get.bucket(config.bucket()).key(key);
                        if (!filename.isEmpty()) {
                            get.responseContentDisposition(
                                    "inline; filename=\"" + filename.replaceAll("[^A-Za-z0-9._ -]", "_") + "\"");
                        }
                    }));
            return new Signed(URI.create(signed.url().toString()), Map.of(), signed.expiration());
        });
    }

    /** An address by which anyone may write the blob, of just that size and type, until it expires. */
    Signed signPut(String key, long sizeBytes, String contentType) {
        return sign(key, () -> {
            var signed = presigner.presignPutObject(request -> request.signatureDuration(config.signedFor())
                    .putObjectRequest(put -> put.bucket(config.bucket())
                            .key(key)
                            .contentLength(sizeBytes)
                            .contentType(contentType)));
            Map<String, String> headers = signed.signedHeaders().entrySet().stream()
                    .filter(header -> !header.getKey().equalsIgnoreCase("host"))
                    .collect(java.util.stream.Collectors.toMap(
                            Map.Entry::getKey, header -> header.getValue().getFirst()));
            return new Signed(URI.create(signed.url().toString()), headers, signed.expiration());
        });
    }

    /** Begins an upload in parts; answers its id. Every part but the last has at least 5 MiB. */
    String beginParts(String key, String contentType) {
        return call(
                "begin_parts",
                key,
                () -> client.createMultipartUpload(request -> {
                            request.bucket(config.bucket()).key(key).contentType(contentType);
                            if (config.encrypt()) {
                                request.serverSideEncryption(ServerSideEncryption.AES256);
                            }
                        })
                        .uploadId());
    }

    /** Stores one part; the same number again replaces it. */
    Part putPart(String key, String uploadId, int number, byte[] bytes, int length) {
        return call(
                "put_part",
                key,
                () -> new Part(
                        number,
                        client.uploadPart(
                                        request -> request.bucket(config.bucket())
                                                .key(key)
                                                .uploadId(uploadId)
                                                .partNumber(number),
                                        RequestBody.fromInputStream(
                                                new java.io.ByteArrayInputStream(bytes, 0, length), length))
                                .eTag()));
    }

    /** Makes the blob of its parts. */
    void completeParts(String key, String uploadId, List<Part> parts) {
        List<CompletedPart> completed = parts.stream()
                .map(part -> CompletedPart.builder()
                        .partNumber(part.number())
                        .eTag(part.etag())
                        .build())
                .toList();
        call(
                "complete_parts",
                key,
                () -> client.completeMultipartUpload(request -> request.bucket(config.bucket())
                        .key(key)
                        .uploadId(uploadId)
                        .multipartUpload(upload -> upload.parts(completed))));
    }

    /** Gives an upload in parts up; one that is not there does not matter. */
    void abortParts(String key, String uploadId) {
        try {
            call(
                    "abort_parts",
                    key,
                    () -> client.abortMultipartUpload(
                            request -> request.bucket(config.bucket()).key(key).uploadId(uploadId)));
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_NOT_FOUND) {
                throw failure;
            }
        }
    }

    /** Works if the bucket answers. */
    HealthCheck health() {
        return circuit.over(HealthCheck.of(circuit.name(), this::requireBucket));
    }

    private void requireBucket() {
        var _ = client.headBucket(request -> request.bucket(config.bucket()));
    }

    private static BlobInfo info(String key, HeadObjectResponse head) {
        return new BlobInfo(key, head.contentLength(), head.contentType(), head.eTag(), head.lastModified());
    }

    private static BlobInfo info(String key, GetObjectResponse head) {
        String range = head.contentRange();
        long size = range == null ? head.contentLength() : Long.parseLong(range.substring(range.indexOf('/') + 1));
        return new BlobInfo(key, size, head.contentType(), head.eTag(), head.lastModified());
    }

    /** Signing asks nobody, so it works while the store does not. */
    private static <T> T sign(String key, Supplier<T> action) {
        try {
            return action.get();
        } catch (SdkClientException e) {
            throw failed(key, e);
        }
    }

    private <T> T call(String operation, String key, Supplier<T> action) {
        BucketFigures told = figures;
        return told == null ? call(key, action) : told.telling(operation, () -> call(key, action));
    }

    private <T> T call(String key, Supplier<T> action) {
        try {
            return circuit.call(action, Bucket::verdict);
        } catch (NoSuchKeyException | NoSuchUploadException e) {
            throw Failure.notFound("blob", key);
        } catch (S3Exception e) {
            if (e.statusCode() == 404) {
                throw Failure.notFound("blob", key);
            }
            throw failed(key, e);
        } catch (SdkClientException e) {
            throw failed(key, e);
        } catch (CircuitOpen e) {
            throw away(key, e);
        }
    }

    /** What a failed call says: a store that refuses a request works; one that is silent or has trouble of its own does not. */
    private static CircuitBreaker.Verdict verdict(RuntimeException e) {
        return switch (e) {
            case S3Exception answer ->
                answer.statusCode() >= 500 || answer.statusCode() == 429
                        ? CircuitBreaker.Verdict.FAILS
                        : CircuitBreaker.Verdict.WORKS;
            case AbortedException ours -> CircuitBreaker.Verdict.SAYS_NOTHING;
            case SdkClientException silence -> CircuitBreaker.Verdict.FAILS;
            case RuntimeException other -> CircuitBreaker.Verdict.SAYS_NOTHING;
        };
    }

    private static Failure failed(String key, RuntimeException e) {
        return Failure.of(Reason.REASON_STORAGE_FAILED, "The picture store did not answer. Please try again.")
                .withDetail(key + ": " + e.getMessage(), e);
    }

    private static Failure away(String key, CircuitOpen e) {
        return Failure.of(
                        Reason.REASON_STORAGE_FAILED,
                        "The picture store is away for the moment. Please try again later.")
                .withDetail(key + ": " + e.getMessage(), e)
                .withRetryDelay(e.retryAfter());
    }

    @Override
    public void close() {
        testing.close();
        presigner.close();
        client.close();
    }
}
