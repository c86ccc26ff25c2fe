package dev.rekindle.platform.redis;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.circuit.CircuitOpen;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.telemetry.HealthCheck;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandInterruptedException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Redis, one server or a cluster: a shared connection for commands, and subscriptions. Keys are text, values bytes.
 * Commands wait for a lost connection no longer than their time limit. When too many have failed, those sent through {@link
 * #call} and {@link #send}, scripts included, are refused at once for a while.
 */
public final class Redis implements AutoCloseable {
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    /** Redis is there and will serve later: it reads its file, fails over, or is busy. */
    private static final Pattern NOT_READY =
            Pattern.compile("\\b(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS)\\b");

    private static final Pattern OUT_OF_MEMORY = Pattern.compile("\\bOOM\\b");

    private final AbstractRedisClient client;
    private final Supplier<StatefulRedisPubSubConnection<String, byte[]>> subscriber;
    private final RedisClusterCommands<String, byte[]> sync;
    private final RedisClusterAsyncCommands<String, byte[]> async;
    private final CircuitBreaker circuit;
    private final Loop testing;

    private Redis(
            RedisConfig config,
            AbstractRedisClient client,
            Supplier<StatefulRedisPubSubConnection<String, byte[]>> subscriber,
            RedisClusterCommands<String, byte[]> sync,
            RedisClusterAsyncCommands<String, byte[]> async) {
        this.client = client;
        this.subscriber = subscriber;
        this.sync = sync;
        this.async = async;
        this.circuit = new CircuitBreaker("redis", config.circuit(), System::nanoTime);
        this.testing = circuit.testing(sync::ping);
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
                testing.wake();
            }
        });
    }

    /**
     * Connects.
     *
     * @throws Failure UNAVAILABLE if nothing answers there
     */
    public static Redis open(RedisConfig config) {
        List<RedisURI> uris = Arrays.stream(config.url().split(","))
                .map(url -> uri(url.strip(), config))
                .toList();
        SocketOptions socket = SocketOptions.builder()
                .connectTimeout(Duration.ofSeconds(3))
                .keepAlive(true)
                .build();
        TimeoutOptions timeouts = TimeoutOptions.enabled(config.commandMax());
        try {
            if (config.cluster()) {
                RedisClusterClient client = RedisClusterClient.create(uris);
                client.setOptions(ClusterClientOptions.builder()
                        .socketOptions(socket)
                        .timeoutOptions(timeouts)
                        .build());
                var connection = client.connect(CODEC);
                return new Redis(
                        config, client, () -> client.connectPubSub(CODEC), connection.sync(), connection.async());
            }
            RedisClient client = RedisClient.create(uris.getFirst());
            client.setOptions(ClientOptions.builder()
                    .socketOptions(socket)
                    .timeoutOptions(timeouts)
                    .build());
            var connection = client.connect(CODEC);
            return new Redis(config, client, () -> client.connectPubSub(CODEC), connection.sync(), connection.async());
        } catch (RedisException e) {
            throw Failure.of(Reason.REASON_UNAVAILABLE, "Redis does not answer at " + config.url() + ".")
                    .withDetail(String.valueOf(e.getMessage()), e);
        }
    }

    private static RedisURI uri(String url, RedisConfig config) {
        RedisURI uri = RedisURI.create(url);
        uri.setTimeout(config.commandMax());
        if (!config.password().isEmpty()) {
            uri.setCredentialsProvider(
                    io.lettuce.core.RedisCredentialsProvider.from(() -> io.lettuce.core.RedisCredentials.just(
                            null, config.password().reveal())));
        }
        return uri;
    }

    /** Commands that wait for their answer, sent whatever the circuit says. */
    public RedisClusterCommands<String, byte[]> sync() {
        return sync;
    }

    /** Commands that answer a future; sent at once and in order, whatever the circuit says. */
    public RedisClusterAsyncCommands<String, byte[]> async() {
        return async;
    }

    /** Keeps commands away while Redis fails. */
    public CircuitBreaker circuit() {
        return circuit;
    }

    /**
     * Runs a command, if the circuit lets it.
     *
     * @param what names the command in the log
     * @throws Failure as {@link #failure} says
     */
    public <T> T call(String what, Function<RedisClusterCommands<String, byte[]>, T> command) {
        try {
            return circuit.call(() -> command.apply(sync), Redis::verdict);
        } catch (RedisException | CircuitOpen e) {
            throw failure(what, e);
        }
    }

    /** Sends a command, if the circuit lets it; what hinders it fails the future, and nothing is thrown. */
    public <T> CompletionStage<T> send(
            Function<RedisClusterAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> command) {
        CircuitBreaker.Pass pass;
        CompletionStage<T> sent;
        try {
            pass = circuit.enter();
        } catch (CircuitOpen e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            sent = command.apply(async);
        } catch (RuntimeException e) {
            pass.tell(verdict(e));
            return CompletableFuture.failedFuture(e);
        }
        return sent.whenComplete((_, thrown) -> pass.tell(verdict(thrown)));
    }

    /** What the end of a command says: an error that Redis answers shows that it is there, unless it is not ready. */
    private static CircuitBreaker.Verdict verdict(@Nullable Throwable thrown) {
        return switch (thrown) {
            case null -> CircuitBreaker.Verdict.WORKS;
            case CompletionException wrapped when wrapped.getCause() != null -> verdict(wrapped.getCause());
            case RedisCommandInterruptedException interrupted -> CircuitBreaker.Verdict.SAYS_NOTHING;
            case RedisCommandExecutionException answer ->
                NOT_READY.matcher(String.valueOf(answer.getMessage())).find()
                        ? CircuitBreaker.Verdict.FAILS
                        : CircuitBreaker.Verdict.WORKS;
            case RedisException silence -> CircuitBreaker.Verdict.FAILS;
            case Throwable other -> CircuitBreaker.Verdict.SAYS_NOTHING;
        };
    }

    /**
     * Subscribes to channels on a connection of its own. Messages sent while the connection was lost are missed.
     *
     * @param onMessage called with channel and message on Redis' own thread; it must not block
     */
    public AutoCloseable subscribe(List<String> channels, BiConsumer<String, byte[]> onMessage) {
        StatefulRedisPubSubConnection<String, byte[]> connection = subscriber.get();
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, byte[] message) {
                onMessage.accept(channel, message);
            }
        });
        connection.sync().subscribe(channels.toArray(String[]::new));
        return connection;
    }

    /**
     * What a failed command means to its caller: UNAVAILABLE if Redis is away or not ready, OVERLOADED if its memory is
     * full, else a mistake of ours.
     *
     * @param what names the command in the log
     */
    public static Failure failure(String what, @Nullable Throwable cause) {
        String message = cause == null ? "" : String.valueOf(cause.getMessage());
        String detail = "Redis, " + what + ": " + message;
        if (cause instanceof RedisCommandExecutionException) {
            if (OUT_OF_MEMORY.matcher(message).find()) {
                return Failure.of(
                                Reason.REASON_OVERLOADED, "Rekindle has no room for more work. Please try again later.")
                        .withDetail(detail, cause);
            }
            if (!NOT_READY.matcher(message).find()) {
                return Failure.internal(detail, cause);
            }
        }
        if (cause instanceof RedisException || cause instanceof CircuitOpen) {
            Failure away = Failure.of(
                            Reason.REASON_UNAVAILABLE, "A part of Rekindle is away for the moment. Please try again.")
                    .withDetail(detail, cause);
            return cause instanceof CircuitOpen open ? away.withRetryDelay(open.retryAfter()) : away;
        }
        return Failure.internal(detail, cause);
    }

    /** Text as a value. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A value as text. */
    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Works if a PING is answered. */
    public HealthCheck health() {
        return circuit.over(HealthCheck.of("redis", sync::ping));
    }

    @Override
    public void close() {
        testing.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
