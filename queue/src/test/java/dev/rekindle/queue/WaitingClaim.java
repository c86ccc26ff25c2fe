package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A worker of another process that waits for a job. The queue's poll must be long, so that only a wake can end the wait. */
final class WaitingClaim implements AutoCloseable {
    private final CompletableFuture<List<Claim>> claims = new CompletableFuture<>();
    private final Thread thread;

    private WaitingClaim(Queue queue) {
        thread = Thread.ofVirtual().start(() -> {
            try {
                claims.complete(queue.claim(TestQueue.worker("waits"), 1, Duration.ofSeconds(50)));
            } catch (InterruptedException | RuntimeException e) {
                claims.completeExceptionally(e);
            }
        });
    }

    /** Returns once the worker waits. */
    static WaitingClaim start(TestQueue test) {
        WaitingClaim waiting = new WaitingClaim(test.openAnotherProcess());
        Eventually.holds(() ->
                assertThat(test.redis().sync().exists(test.prefix() + "idle")).isEqualTo(1));
        return waiting;
    }

    Claim get() throws Exception {
        List<Claim> got = claims.get(30, TimeUnit.SECONDS);
        assertThat(got).hasSize(1);
        return got.getFirst();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
