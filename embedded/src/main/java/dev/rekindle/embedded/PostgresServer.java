package dev.rekindle.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * PostgreSQL as a child process, with its data in a folder. It listens on 127.0.0.1 only and asks every login for its
 * password. Commits are safe against kill -9 of this process and of the server.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String DATABASE = "rekindle";

    /** The login of one service: it owns its schema and sees no other. */
    public record Login(String schema, String user, String password) {}

    private final EmbeddedPostgres server;
    private final String password;

    private PostgresServer(EmbeddedPostgres server, String password) {
        this.server = server;
        this.password = password;
    }

    /**
     * Starts the server, on the folder's data where there are any.
     *
     * @param folder its own; made where it is not there
     * @param binaries where the server's program is unpacked, once for all folders
     * @param port 0 takes a free one
     * @param durable false only for tests: commits are then lost with the machine, not with the process
     * @throws IOException if it does not start; the message says why
     */
    public static PostgresServer start(Path folder, Path binaries, int port, boolean durable) throws IOException {
        Files.createDirectories(binaries);
        Path data = Files.createDirectories(folder).resolve("data");
        Orphan.end(data.resolve("postmaster.pid"), data);
        String password = password(folder.resolve("password"));
        String sync = durable ? "on" : "off";
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setOverrideWorkingDirectory(binaries.toFile())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("fsync", sync)
                .setServerConfig("synchronous_commit", sync)
                .setServerConfig("full_page_writes", sync)
                .setServerConfig("max_connections", "200")
                .setServerConfig("shared_buffers", "128MB")
                .setLocaleConfig("locale-provider", "builtin")
                .setLocaleConfig("builtin-locale", "C.UTF-8")
                .setLocaleConfig("encoding", "UTF8")
                .setConnectConfig("password", password)
                .setOutputRedirector(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .setErrorRedirector(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        if (port != 0) {
            builder.setPort(port);
        }
        EmbeddedPostgres server = builder.start();
        PostgresServer started = new PostgresServer(server, password);
        try {
            started.secure(data);
            return started;
        } catch (SQLException | IOException e) {
            started.close();
            throw new IOException("PostgreSQL started and could not be set up: " + e.getMessage(), e);
        }
    }

    /** The address of the database, for JDBC. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + DATABASE;
    }

    public int port() {
        return server.getPort();
    }

    /** Makes a database beside the usual one, where it is not there yet; answers its address. */
    public String createDatabase(String database) throws SQLException {
        try (Connection connection = admin("postgres");
                Statement statement = connection.createStatement()) {
            if (!exists(statement, "select 1 from pg_database where datname = " + literal(database))) {
                statement.execute("create database " + quote(database));
                statement.execute("revoke all on database " + quote(database) + " from public");
            }
        }
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database;
    }

    /** Makes or updates the login of a service with its schema. */
    public void grant(Login login) throws SQLException {
        grant(DATABASE, login);
    }

    /** Makes or updates the login of a service with its schema in a database. */
    public void grant(String database, Login login) throws SQLException {
        try (Connection connection = admin(database);
                Statement statement = connection.createStatement()) {
            String user = quote(login.user());
            String secret = literal(login.password());
            if (!exists(statement, "select 1 from pg_roles where rolname = " + literal(login.user()))) {
                statement.execute("create role " + user + " login");
            }
            statement.execute("alter role " + user + " with password " + secret);
            statement.execute("alter role " + user + " set search_path = " + quote(login.schema()));
            statement.execute("grant connect on database " + quote(database) + " to " + user);
            statement.execute("create schema if not exists " + quote(login.schema()) + " authorization " + user);
        }
    }

    /** First start: a password for the superuser, the database, and no login without a password from then on. */
    private void secure(Path data) throws SQLException, IOException {
        try (Connection connection = admin("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("alter role postgres with password " + literal(password));
            Files.write(data.resolve("pg_hba.conf"), List.of("host all all 127.0.0.1/32 scram-sha-256"));
            statement.execute("select pg_reload_conf()");
        }
        createDatabase(DATABASE);
    }

    private Connection admin(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database, "postgres", password);
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private static String quote(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String password(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            PrivateFiles.write(file, HexFormat.of().formatHex(random).getBytes(StandardCharsets.US_ASCII));
        }
        return Files.readString(file).strip();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
