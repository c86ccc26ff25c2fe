package dev.rekindle.testkit;

import dev.rekindle.embedded.PostgresServer;
import dev.rekindle.embedded.RedisProcess;
import dev.rekindle.embedded.S3Server;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.blobs.BlobsConfig;
import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Real PostgreSQL, Redis and S3, started when first asked for and shared by all test classes of a run. Tests keep out of
 * each other's way by schemas, key prefixes and buckets of their own; {@link #emptyRedis} is for tests that need it all.
 */
public final class Servers {
    private static final S3Server.Key S3_KEY = new S3Server.Key("test-access", "test-secret-0123456789");
    private static final String PASSWORD = "test";
    private static final AtomicInteger schemas = new AtomicInteger();

    private static @Nullable PostgresServer postgres;
    private static @Nullable RedisProcess redis;
    private static @Nullable S3Server s3;
    private static @Nullable Path folder;

    private Servers() {}

    /** Where programs of embedded servers are unpacked: the user's cache, shared by all runs. */
    public static Path binaries() {
        return Path.of(System.getProperty("user.home"), ".cache", "rekindle");
    }

    /** A new, empty schema with its own login; migrations of {@code db/{name}} are run when it is opened. */
    public static Database openDatabase(String name) {
        return Database.open(databaseConfig(name), new SimpleMeterRegistry());
    }

    /** The settings of a new, empty database whose schema has this name. */
    public static DatabaseConfig databaseConfig(String name) {
        PostgresServer server = postgres();
        String database = "test_" + schemas.incrementAndGet();
        try {
            String url = server.createDatabase(database);
            String user = "rekindle_" + name;
            server.grant(database, new PostgresServer.Login(name, user, PASSWORD));
            return new DatabaseConfig(url, user, new Secret(PASSWORD), name, 20, Duration.ofSeconds(10));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static synchronized PostgresServer postgres() {
        try {
            if (postgres == null) {
                postgres = PostgresServer.start(folder().resolve("postgres"), binaries(), 0, false);
            }
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settings of the shared Redis. */
    public static RedisConfig redisConfig() {
        return new RedisConfig(redis().url(), new Secret(""), false, Duration.ofSeconds(5));
    }

    /** A connection to the shared Redis; close it. */
    public static Redis openRedis() {
        return Redis.open(redisConfig());
    }

    /** Forgets everything in the shared Redis. */
    public static void emptyRedis() {
        try (Redis connection = openRedis()) {
            connection.sync().flushall();
        }
    }

    public static synchronized RedisProcess redis() {
        try {
            if (redis == null) {
                redis = RedisProcess.start(folder().resolve("redis"), binaries(), 0);
            }
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settings of the shared store. */
    public static BlobsConfig blobsConfig() {
        return new BlobsConfig(
                s3().endpoint(),
                URI.create(""),
                "us-east-1",
                "test",
                S3_KEY.accessKey(),
                new Secret(S3_KEY.secretKey()),
                true,
                Duration.ofMinutes(5),
                CircuitRule.ofSeconds(3, 30, 60, 15),
                null);
    }

    /** A connection to the shared store; close it. */
    public static Blobs openBlobs() {
        return Blobs.open(blobsConfig());
    }

    public static synchronized S3Server s3() {
        try {
            if (s3 == null) {
                s3 = S3Server.start(folder().resolve("s3"), 0, S3_KEY, "test");
            }
            return s3;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized Path folder() throws IOException {
        if (folder == null) {
            folder = Files.createTempDirectory("rekindle-test-");
            Runtime.getRuntime().addShutdownHook(new Thread(Servers::end));
        }
        return folder;
    }

    private static synchronized void end() {
        closeQuietly(s3);
        closeQuietly(redis);
        closeQuietly(postgres);
        if (folder != null) {
            try (var files = Files.walk(folder)) {
                files.sorted(java.util.Comparator.reverseOrder()).forEach(Servers::deleteQuietly);
            } catch (IOException e) {
                System.err.println("The test folder " + folder + " could not be deleted: " + e.getMessage());
            }
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.err.println(file + " could not be deleted: " + e.getMessage());
        }
    }

    private static void closeQuietly(@Nullable AutoCloseable server) {
        try {
            if (server != null) {
                server.close();
            }
        } catch (Exception e) {
            System.err.println("A test server did not end well: " + e.getMessage());
        }
    }
}
