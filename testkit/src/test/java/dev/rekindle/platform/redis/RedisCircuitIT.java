package dev.rekindle.platform.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.embedded.RedisProcess;
import dev.rekindle.platform.circuit.CircuitBreaker.State;
import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis that does not answer, and Redis that is gone. Its rest is an hour: whatever ends it sooner is the question asked. */
@Tag("OPS-08")
class RedisCircuitIT {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    private static Redis open(RedisProcess process) {
        return Redis.open(new RedisConfig(
                process.url(),
                new Secret(""),
                false,
                Duration.ofSeconds(1),
                new CircuitRule(2, HOUR, HOUR, Duration.ofMillis(200))));
    }

    private static Failure failure(Redis redis, String key) {
        return catchThrowableOfType(Failure.class, () -> redis.call("INCR", commands -> commands.incr(key)));
    }

    @Test
    void commands_stop_when_redis_is_silent_and_go_on_when_it_speaks_again() throws Exception {
        try (RedisProcess process = RedisProcess.start(folder, Servers.binaries(), 0);
                Redis redis = open(process);
                Redis witness = open(process)) {
            assertThat((long) redis.<Long>call("INCR", commands -> commands.incr("calls")))
                    .isEqualTo(1);
            assertThat(witness.sync().clientPause(4_000)).isEqualTo("OK");
            for (int i = 0; i < 2; i++) {
                Failure silent = failure(redis, "calls");
                assertThat(silent.reason()).isEqualTo(Reason.REASON_UNAVAILABLE);
                assertThat(silent.retryDelay()).isNull();
            }
            assertThat(redis.circuit().state()).isEqualTo(State.OPEN);
            for (int i = 0; i < 50; i++) {
                Failure refused = failure(redis, "calls");
                assertThat(refused.reason()).isEqualTo(Reason.REASON_UNAVAILABLE);
                assertThat(refused.retryDelay()).isBetween(Duration.ofMinutes(59), HOUR);
            }
            Eventually.holds(() -> assertThat(redis.circuit().state()).isEqualTo(State.HALF_OPEN));
            redis.call("INCR", commands -> commands.incr("calls"));
            assertThat(redis.circuit().state()).isEqualTo(State.CLOSED);
            // The first, the two that were sent and not answered in time, and the last; none of the fifty.
            Eventually.holds(
                    () -> assertThat(Redis.text(witness.sync().get("calls"))).isEqualTo("4"));
        }
    }

    @Test
    void scripts_are_refused_while_redis_is_gone_and_its_return_is_seen_at_once() throws Exception {
        RedisProcess process = RedisProcess.start(folder, Servers.binaries(), 0);
        try (Redis redis = open(process)) {
            process.close();
            for (int i = 0; i < 2; i++) {
                assertThat(failure(redis, "x").reason()).isEqualTo(Reason.REASON_UNAVAILABLE);
            }
            assertThat(redis.send(commands -> commands.get("x")).toCompletableFuture())
                    .isCompletedExceptionally();
            assertThat(redis.health().optional().required()).isFalse();
            process = RedisProcess.start(folder, Servers.binaries(), process.port());
            Eventually.holds(() -> assertThat((long) redis.<Long>call("INCR", commands -> commands.incr("x")))
                    .isPositive());
            assertThat(redis.circuit().state()).isEqualTo(State.CLOSED);
        } finally {
            process.close();
        }
    }

    @Test
    void an_answer_that_is_an_error_shows_that_redis_is_there() throws Exception {
        try (RedisProcess process = RedisProcess.start(folder, Servers.binaries(), 0);
                Redis redis = open(process)) {
            redis.call("SET", commands -> commands.set("word", Redis.bytes("no number")));
            for (int i = 0; i < 10; i++) {
                assertThat(failure(redis, "word").reason()).isEqualTo(Reason.REASON_INTERNAL);
            }
            assertThat(redis.circuit().state()).isEqualTo(State.CLOSED);
        }
    }
}
