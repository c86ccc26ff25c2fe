package dev.rekindle.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.gaul.s3proxy.CrossOriginResourceSharing;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;

/** An S3 store in this process, with its blobs as files of a folder. Signatures are checked as S3 does. */
public final class S3Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(S3Server.class);
    private static final Pattern TORN =
            Pattern.compile(".+-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    private static final long SINGLE_PUT_BYTES_MAX = 5L << 30;

    private final S3Proxy server;
    private final URI endpoint;

    private S3Server(S3Proxy server, URI endpoint) {
        this.server = server;
        this.endpoint = endpoint;
    }

    /** The one key the store knows. */
    public record Key(String accessKey, String secretKey) {}

    /**
     * Starts the store with its bucket.
     *
     * @param folder its own; made where it is not there
     * @param port 0 takes a free one
     * @throws IOException if it does not start; the message says why
     */
    public static S3Server start(Path folder, int port, Key key, String bucket) throws IOException {
        Files.createDirectories(folder.resolve(bucket));
        S3Proxy server = S3Proxy.builder()
                .blobStore(new Store(new FilesystemNio2BlobStore(folder.toString())))
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V4, key.accessKey(), key.secretKey())
                .v4MaxNonChunkedRequestSize(SINGLE_PUT_BYTES_MAX)
                .ignoreUnknownHeaders(true)
                .corsRules(new CrossOriginResourceSharing(
                        List.of("*"), List.of("GET", "PUT", "HEAD"), List.of("ETag"), List.of("*"), ""))
                .build();
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("The S3 store does not start on port " + port + ": " + e.getMessage(), e);
        }
        Thread.ofVirtual().name("s3-torn-writes").start(() -> deleteTornWrites(folder, Instant.now()));
        return new S3Server(server, URI.create("http://127.0.0.1:" + server.getPort()));
    }

    /**
     * A blob is written beside its place, under its name and a random UUID, and then moved there: a kill in between
     * leaves a file that looks like a blob. Keys of ours never end so.
     */
    private static void deleteTornWrites(Path folder, Instant before) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(S3Server::isTornWrite)::iterator) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            log.warn("Could not look for torn writes below {}", folder, e); // the next start looks again
        }
    }

    private static boolean isTornWrite(Path file) {
        return TORN.matcher(file.getFileName().toString()).matches()
                && !file.toString().contains("/.mpus")
                && Files.isRegularFile(file); // a user's folder may end like that
    }

    /** The address, for clients; once it is closed, where it was. */
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("The S3 store did not stop well", e);
        }
    }

    /** A store on a disk: what is asked to be encrypted is taken, and is as safe as the disk is. */
    private static final class Store extends ForwardingBlobStore {
        Store(BlobStore store) {
            super(store);
        }

        @Override
        public boolean supportsServerSideEncryption() {
            return true;
        }

        // The folder store takes files others may read for public: nothing is public here.

        @Override
        public BucketCannedACL getContainerAccess(String container) {
            return BucketCannedACL.PRIVATE;
        }

        @Override
        public ObjectCannedACL getBlobAccess(String container, String key) {
            return ObjectCannedACL.PRIVATE;
        }
    }
}
