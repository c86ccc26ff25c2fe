package dev.rekindle.app;

import dev.rekindle.embedded.PostgresServer;
import dev.rekindle.embedded.RedisProcess;
import dev.rekindle.embedded.S3Server;
import dev.rekindle.platform.Closer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL, Redis and S3 of one data folder, started side by side. */
final class Stores implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Stores.class);
    static final String BUCKET = "rekindle";
    private static final List<String> SCHEMAS = List.of("jobs", "credits", "events");

    private final Closer closer;
    private final PostgresServer postgres;
    private final RedisProcess redis;
    private final S3Server s3;

    private Stores(Closer closer, PostgresServer postgres, RedisProcess redis, S3Server s3) {
        this.closer = closer;
        this.postgres = postgres;
        this.redis = redis;
        this.s3 = s3;
    }

    /** @throws CannotStart if one of them does not start; what had started is closed again */
    static Stores start(DataFolder data, Secrets secrets) throws InterruptedException {
        Path binaries = Path.of(System.getProperty("user.home"), ".cache", "rekindle");
        Closer closer = new Closer();
        // Platform threads: starting initialises classes, and a virtual thread that waits for that holds its carrier.
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<PostgresServer> postgres = threads.submit(() -> closer.add(startPostgres(data, binaries, secrets)));
            Future<RedisProcess> redis =
                    threads.submit(() -> closer.add(RedisProcess.start(data.path("redis"), binaries, 0)));
            Future<S3Server> s3 = threads.submit(() -> closer.add(S3Server.start(
                    data.path("s3"), 0, new S3Server.Key(secrets.get("s3.access"), secrets.get("s3.secret")), BUCKET)));
            try {
                return new Stores(closer, get("PostgreSQL", postgres), get("Redis", redis), get("The S3 store", s3));
            } catch (CannotStart e) {
                for (Future<?> started : List.<Future<?>>of(postgres, redis, s3)) {
                    await(started);
                }
                closer.close();
                throw e;
            }
        }
    }

    private static PostgresServer startPostgres(DataFolder data, Path binaries, Secrets secrets)
            throws IOException, SQLException {
        PostgresServer server = PostgresServer.start(data.path("postgres"), binaries, 0, true);
        try {
            for (String schema : SCHEMAS) {
                server.grant(new PostgresServer.Login(schema, "rekindle_" + schema, secrets.get("db." + schema)));
            }
            return server;
        } catch (SQLException e) {
            server.close();
            throw e;
        }
    }

    private static <T> T get(String what, Future<T> started) throws InterruptedException {
        try {
            return started.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CannotStart(what + " does not start: " + cause.getMessage());
        }
    }

    /** Waits for the end of a start whose outcome no longer matters. */
    private static void await(Future<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException e) {
            log.debug("A store did not start either", e);
        }
    }

    String databaseUrl() {
        return postgres.url();
    }

    String redisUrl() {
        return redis.url();
    }

    URI s3Endpoint() {
        return s3.endpoint();
    }

    @Override
    public void close() {
        closer.close();
    }
}
