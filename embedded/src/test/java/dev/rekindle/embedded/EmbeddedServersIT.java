package dev.rekindle.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("OPS-01")
class EmbeddedServersIT {
    private static final Path BINARIES = Path.of(System.getProperty("user.home"), ".cache", "rekindle");
    private static final PostgresServer.Login LOGIN = new PostgresServer.Login("rooms", "keeper", "it's a secret");

    @TempDir
    Path folder;

    @Test
    void postgres_keeps_committed_rows_after_a_kill_and_ends_the_orphan() throws Exception {
        Process first = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledRun.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(first.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("committed");
        first.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        long orphan = pid(folder.resolve("data/postmaster.pid"));
        assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)).isPresent();

        try (PostgresServer second = PostgresServer.start(folder, BINARIES, 0, true);
                Connection connection = connect(second);
                var rows = connection.createStatement().executeQuery("select text from letters")) {
            assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)).isEmpty();
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("kept");
        }
    }

    /** A process that starts PostgreSQL, commits a row, says so and waits to be killed. */
    static final class KilledRun {
        public static void main(String[] arguments) throws Exception {
            PostgresServer server = PostgresServer.start(Path.of(arguments[0]), BINARIES, 0, true);
            server.grant(LOGIN);
            try (Connection connection = connect(server)) {
                connection.createStatement().execute("create table letters (text text)");
                connection.createStatement().execute("insert into letters values ('kept')");
            }
            System.out.println("committed");
            Thread.currentThread().join();
        }
    }

    @Test
    void postgres_refuses_a_login_without_its_password_and_hides_other_schemas() throws Exception {
        try (PostgresServer server = PostgresServer.start(folder, BINARIES, 0, false)) {
            server.grant(LOGIN);
            server.grant(new PostgresServer.Login("others", "stranger", "other"));
            assertThatThrownBy(() -> DriverManager.getConnection(server.url(), "postgres", "guess"))
                    .hasMessageContaining("password authentication failed");
            try (Connection connection = connect(server)) {
                assertThatThrownBy(() -> connection.createStatement().execute("create table others.mine (id int)"))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    void redis_keeps_what_was_written_after_a_kill_and_ends_the_orphan() throws Exception {
        RedisProcess first = RedisProcess.start(folder, BINARIES, 0);
        assertThat(command(first, "SET letter kept")).isEqualTo("+OK");
        try (RedisProcess second = RedisProcess.start(folder, BINARIES, 0)) {
            assertThat(ProcessHandle.of(first.pid()).filter(ProcessHandle::isAlive))
                    .isEmpty();
            assertThat(command(second, "GET letter")).isEqualTo("$4");
        }
    }

    @Test
    void a_pid_file_that_names_a_stranger_harms_nobody() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(folder.resolve("redis.pid"), stranger.pid() + "\n");
            RedisProcess.start(folder, BINARIES, 0).close();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void the_store_refuses_unsigned_requests() throws Exception {
        S3Server.Key key = new S3Server.Key("reader", "a-secret-of-the-test");
        try (S3Server server = S3Server.start(folder, 0, key, "photos");
                HttpClient client = HttpClient.newHttpClient()) {
            Files.writeString(folder.resolve("photos/x"), "a letter");
            URI blob = server.endpoint().resolve("/photos/x");
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(blob).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(403);
        }
    }

    @Test
    void s3_deletes_what_a_kill_left_of_a_blob_half_written() throws Exception {
        Path torn = folder.resolve("photos/users/ada/original-2f02d6a6-1c20-4fba-9b2f-3096b3b1ee53");
        Path whole = folder.resolve("photos/users/ada/original");
        Path oddlyNamed = folder.resolve("photos/users/ada-2f02d6a6-1c20-4fba-9b2f-3096b3b1ee53/original");
        for (Path file : List.of(torn, whole, oddlyNamed)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "half a letter");
            Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        }
        try (S3Server server =
                S3Server.start(folder, 0, new S3Server.Key("reader", "a-secret-of-the-test"), "photos")) {
            for (int look = 0; Files.exists(torn) && look < 1000; look++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertThat(torn).as("torn write at %s", server.endpoint()).doesNotExist();
            assertThat(whole).exists();
            assertThat(oddlyNamed)
                    .as("a user whose name looks like a torn write")
                    .exists();
        }
    }

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(server.url(), LOGIN.user(), LOGIN.password());
    }

    private static long pid(Path file) throws IOException {
        return Long.parseLong(
                Files.readString(file).lines().findFirst().orElseThrow().strip());
    }

    private static String command(RedisProcess server, String line) throws IOException {
        try (java.net.Socket socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return new java.io.BufferedReader(
                            new java.io.InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }
}
