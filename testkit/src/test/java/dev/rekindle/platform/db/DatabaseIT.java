package dev.rekindle.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.PostgresServer;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.circuit.CircuitOpen;
import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that is away. */
class DatabaseIT {
    @Test
    @Tag("OPS-08")
    void progress_is_left_out_while_the_database_is_away_and_nothing_else_is(@TempDir Path folder) throws Exception {
        PostgresServer server = PostgresServer.start(folder, Servers.binaries(), 0, false);
        server.grant(new PostgresServer.Login("post", "rekindle_post", "test"));
        DatabaseConfig config = new DatabaseConfig(
                server.url(),
                "rekindle_post",
                new Secret("test"),
                "post",
                2,
                Duration.ofMillis(300),
                new CircuitRule(3, Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(200)));
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        try (Database database = Database.open(config, metrics)) {
            AtomicInteger tried = new AtomicInteger();
            ThrowingCallable progress = () -> database.progressCircuit()
                    .call(
                            () -> {
                                tried.incrementAndGet();
                                return database.sql().selectOne().fetch();
                            },
                            Database::verdict);
            server.close();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(progress).isInstanceOf(Failure.class);
            }
            assertThatThrownBy(progress).isInstanceOf(CircuitOpen.class);
            assertThat(tried).hasValue(3);
            assertThat(metrics.get("circuit_breaker_state")
                            .tag("dependency", "postgres-progress")
                            .gauge()
                            .value())
                    .isEqualTo(2);
            // Anything else goes to the database as ever, and is told what it says.
            assertThatThrownBy(() -> database.transact(sql -> sql.selectOne().fetch()))
                    .isInstanceOf(Failure.class);
            try (PostgresServer _ = PostgresServer.start(folder, Servers.binaries(), server.port(), false)) {
                Eventually.holds(
                        () -> assertThat(database.progressCircuit().lets()).isTrue());
                assertThat(database.progressCircuit()
                                .call(() -> database.sql().selectOne().fetch(), Database::verdict))
                        .hasSize(1);
                assertThat(database.progressCircuit().state()).isEqualTo(CircuitBreaker.State.CLOSED);
            }
        }
    }

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

    @Test
    void what_is_left_for_after_a_transaction_is_done_once_and_only_if_it_commits() {
        try (Database database = Servers.openDatabase("after")) {
            List<String> done = new CopyOnWriteArrayList<>();
            database.transact(sql -> {
                Database.afterCommit(sql, "a", () -> done.add("a"));
                Database.afterCommit(sql, "a", () -> done.add("a"));
                Database.afterCommit(sql, "b", () -> done.add("b"));
                database.transact(other -> {
                    Database.afterCommit(other, "a", () -> done.add("another's"));
                    return true;
                });
                assertThat(done).containsExactly("another's");
                return true;
            });
            assertThat(done).containsExactly("another's", "a", "b");
            assertThatThrownBy(() -> database.transact(sql -> {
                        Database.afterCommit(sql, "a", () -> done.add("never"));
                        throw Failure.of(Reason.REASON_STATE_CONFLICT, "no");
                    }))
                    .isInstanceOf(Failure.class);
            Database.afterCommit(database.sql(), "a", () -> done.add("at once"));
            assertThat(done).containsExactly("another's", "a", "b", "at once");
        }
    }
}
