package dev.rekindle.platform.db;

import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * How one service reaches its schema.
 *
 * @param url JDBC, without user and password
 * @param schema the one schema of the service; its login owns it and sees no other
 * @param connectionsMax size of the pool
 * @param progressCircuit when progress, which may be lost, is no longer read and written
 */
public record DatabaseConfig(
        String url,
        String user,
        Secret password,
        String schema,
        int connectionsMax,
        Duration connectMax,
        CircuitRule progressCircuit) {
    private static final CircuitRule PROGRESS = CircuitRule.ofSeconds(3, 45, 45, 15);

    public DatabaseConfig(
            String url, String user, Secret password, String schema, int connectionsMax, Duration connectMax) {
        this(url, user, password, schema, connectionsMax, connectMax, PROGRESS);
    }

    public static DatabaseConfig from(Settings settings, String schema) {
        Settings database = settings.under("database");
        return new DatabaseConfig(
                database.text("url"),
                database.text("user", "rekindle_" + schema),
                database.secret("password", ""),
                schema,
                database.number("connections_max", 10, 1, 500),
                database.duration("connect_max", Duration.ofSeconds(10), Duration.ofMillis(250), Duration.ofMinutes(5)),
                CircuitRule.from(database.under("progress"), PROGRESS));
    }
}
