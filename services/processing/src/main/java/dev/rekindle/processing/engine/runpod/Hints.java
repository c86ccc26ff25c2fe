package dev.rekindle.processing.engine.runpod;

import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Which runs of this worker somebody may tell of, each by a token that only RunPod was given. RunPod tells the gateway, the
 * processing service passes the token on to all workers, and the one that waits looks. What a hint says is never believed:
 * one that is false, late, missing or comes twice changes nothing but when the next look is.
 */
public final class Hints {
    private static final String CHANNEL = "rekindle:engines:hints";
    private static final int TOKEN_BYTES = 32;

    private final Map<String, Hint> expected = new ConcurrentHashMap<>();
    private final SecureRandom random;

    /** @param random makes the tokens */
    public Hints(SecureRandom random) {
        this.random = random;
    }

    /**
     * Passes a token on to all workers. Nobody learns whether one waits for it.
     *
     * @throws Failure UNAVAILABLE if Redis is away
     */
    public static void pass(Redis redis, String token) {
        var _ = redis.call("publish hint", commands -> commands.publish(CHANNEL, Redis.bytes(token)));
    }

    /** Hears what is passed on from now on. What is passed on while the connection is lost is missed. */
    public AutoCloseable hear(Redis redis) {
        return redis.subscribe(List.of(CHANNEL), (channel, token) -> tell(Redis.text(token)));
    }

    /** Wakes whoever waits for that token. */
    void tell(String token) {
        Hint hint = expected.get(token);
        if (hint != null) {
            hint.told.countDown();
        }
    }

    /** A new token, good until it is closed. */
    Hint expect() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        Hint hint = new Hint(this, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        expected.put(hint.token, hint);
        return hint;
    }

    /** For a run of which nobody will tell. */
    Hint none() {
        return new Hint(this, "");
    }

    /** What one run is waited for with. */
    static final class Hint implements AutoCloseable {
        private final Hints owner;
        private final String token;
        private volatile CountDownLatch told = new CountDownLatch(1);

        private Hint(Hints owner, String token) {
            this.owner = owner;
            this.token = token;
        }

        /** A secret: whoever has it can tell. Empty if nobody will. */
        String token() {
            return token;
        }

        /**
         * Waits until it is told of, no longer than given. Hints that came since the last wait count as one.
         *
         * @return false: nothing was told
         * @throws Stop.Stopped once the work is to end
         */
        boolean await(Duration wait, Stop stop) {
            CountDownLatch waited = told;
            stop.pause(wait, waited);
            if (waited.getCount() > 0) {
                return false;
            }
            told = new CountDownLatch(1);
            return true;
        }

        @Override
        public void close() {
            owner.expected.remove(token);
        }
    }
}
