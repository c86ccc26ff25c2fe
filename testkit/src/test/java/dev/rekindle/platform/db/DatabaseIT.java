package dev.rekindle.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.PostgresServer;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Servers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that is away. */
class DatabaseIT {
    @Test
    void whoever_asks_a_database_that_is_away_is_told_so_and_may_ask_again(@TempDir Path folder) throws Exception {
        PostgresServer server = PostgresServer.start(folder, Servers.binaries(), 0, false);
        server.grant(new PostgresServer.Login("post", "rekindle_post", "test"));
        DatabaseConfig config = new DatabaseConfig(
                server.url(), "rekindle_post", new Secret("test"), "post", 2, Duration.ofMillis(500));
        try (Database database = Database.open(config, new SimpleMeterRegistry())) {
            assertThat(database.sql().selectOne().fetch()).hasSize(1);
            server.close();
            List<ThrowingCallable> questions = List.of(
                    () -> database.sql().selectOne().fetch(),
                    () -> database.query(sql -> sql.selectOne().fetch()),
                    () -> database.transact(sql -> sql.selectOne().fetch()));
            for (ThrowingCallable question : questions) {
                assertThatThrownBy(question).isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(Reason.REASON_UNAVAILABLE);
                    assertThat(failure.retryable()).isTrue();
                });
            }
        }
    }
}
