package dev.rekindle.bench.mesh;

import dev.rekindle.embedded.FreePorts;
import dev.rekindle.embedded.PostgresServer;
import dev.rekindle.embedded.RedisProcess;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** PostgreSQL, Redis and S3, each a process of its own, at the same port from beginning to end. */
final class Ground implements AutoCloseable {
    static final String BUCKET = "faults";
    static final String PASSWORD = "faults";
    static final String S3_KEY = "faults-access";
    static final String S3_SECRET = "faults-secret-0123456789";
    private static final List<String> SCHEMAS = List.of("jobs", "credits", "events");
    private static final int START_TRIES = 60;

    private final Path folder;
    private final Path binaries = Path.of(System.getProperty("user.home"), ".cache", "rekindle");
    private final int postgresPort = FreePorts.next();
    private final int redisPort = FreePorts.next();
    private final int s3Port = FreePorts.next();
    private final Member s3;
    private PostgresServer postgres;
    private RedisProcess redis;

    private Ground(Path folder) throws IOException, SQLException {
        this.folder = folder;
        this.postgres = PostgresServer.start(folder.resolve("postgres"), binaries, postgresPort, true);
        this.redis = RedisProcess.start(folder.resolve("redis"), binaries, redisPort);
        for (String schema : SCHEMAS) {
            postgres.grant(new PostgresServer.Login(schema, "rekindle_" + schema, PASSWORD));
        }
        this.s3 = new Member(
                "s3",
                S3Main.class,
                List.of("-Xmx128m"),
                Map.of(
                        "s3.folder", folder.resolve("s3").toString(),
                        "s3.port", String.valueOf(s3Port),
                        "s3.access", S3_KEY,
                        "s3.secret", S3_SECRET,
                        "s3.bucket", BUCKET),
                folder.resolve("logs").resolve("s3.log"));
        s3.start();
    }

    static Ground start(Path folder) throws IOException, SQLException {
        return new Ground(folder);
    }

    int postgresPort() {
        return postgresPort;
    }

    int redisPort() {
        return redisPort;
    }

    int s3Port() {
        return s3Port;
    }

    Member s3() {
        return s3;
    }

    /** Kills PostgreSQL and starts it again on what it had committed. */
    synchronized void crashPostgres() throws IOException, InterruptedException {
        String pid = Files.readAllLines(folder.resolve("postgres/data/postmaster.pid"))
                .getFirst();
        kill(Long.parseLong(pid.strip()));
        try {
            postgres.close();
        } catch (IOException | RuntimeException e) {
            // There is nothing left to stop; only its lock was to be given back.
        }
        for (int attempt = 1; ; attempt++) {
            try {
                postgres = PostgresServer.start(folder.resolve("postgres"), binaries, postgresPort, true);
                return;
            } catch (IOException | RuntimeException e) {
                if (attempt == START_TRIES) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(500); // its backends notice within moments that their master is gone
            }
        }
    }

    /** Kills Redis and starts it again, with what it had or with nothing. */
    synchronized void crashRedis(boolean forget) throws IOException, InterruptedException {
        kill(redis.pid());
        if (forget) {
            delete(folder.resolve("redis"));
        }
        redis = RedisProcess.start(folder.resolve("redis"), binaries, redisPort);
    }

    synchronized void flushRedis() {
        try (Redis connection = openRedis()) {
            connection.sync().flushall();
        }
    }

    Redis openRedis() {
        return Redis.open(RedisConfig.from(Settings.of(Map.of("redis.url", "redis://127.0.0.1:" + redisPort))));
    }

    /** A connection that sees every schema. */
    Connection openSql() throws SQLException, IOException {
        String password =
                Files.readString(folder.resolve("postgres").resolve("password")).strip();
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + postgresPort + "/rekindle", "postgres", password);
    }

    private static void kill(long pid) throws InterruptedException {
        var process = ProcessHandle.of(pid).orElse(null);
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        for (int look = 0; process.isAlive() && look < 1000; look++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        s3.close();
        redis.close();
        postgres.close();
    }
}
