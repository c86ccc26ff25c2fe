package dev.rekindle.platform.redis;

import dev.rekindle.platform.rpc.Failure;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * A Lua script from the class path ({@code lua/{name}.lua}). Redis runs it as one step. Its first lines name and type
 * KEYS, ARGV and the result.
 */
public final class RedisScript {
    private final Redis redis;
    private final String name;
    private final byte[] body;
    private final String digest;

    private RedisScript(Redis redis, String name, byte[] body) {
        this.redis = redis;
        this.name = name;
        this.body = body;
        this.digest = redis.sync().digest(body);
    }

    /** The script of that name, found beside the class. */
    public static RedisScript load(Redis redis, Class<?> owner, String name) {
        return new RedisScript(redis, name, read(owner, name));
    }

    /** The script of that name with another file put before it, which holds what several scripts share. */
    public static RedisScript load(Redis redis, Class<?> owner, String prelude, String name) {
        byte[] first = read(owner, prelude);
        byte[] second = read(owner, name);
        byte[] body = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, body, first.length, second.length);
        return new RedisScript(redis, name, body);
    }

    private static byte[] read(Class<?> owner, String name) {
        String path = "/lua/" + name + ".lua";
        try (InputStream in = owner.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("There is no script " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs the script and waits for its answer: a list of integers (Long), byte arrays, nulls and lists of those.
     *
     * @throws Failure UNAVAILABLE if Redis is away or not ready, OVERLOADED if its memory is full
     */
    public List<Object> run(List<String> keys, Object... arguments) {
        try {
            return start(keys, arguments).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw Redis.failure("script " + name, e.getCause());
        }
    }

    /** Sends the script off; the answer comes later, in the order of sending. */
    public CompletionStage<List<Object>> start(List<String> keys, Object... arguments) {
        String[] keyArray = keys.toArray(String[]::new);
        byte[][] values = new byte[arguments.length][];
        for (int i = 0; i < arguments.length; i++) {
            values[i] = value(arguments[i]);
        }
        return redis.send(commands -> commands.<List<Object>>evalsha(digest, ScriptOutputType.MULTI, keyArray, values)
                .exceptionallyCompose(thrown -> {
                    if (thrown instanceof RedisNoScriptException
                            || thrown.getCause() instanceof RedisNoScriptException) {
                        return commands.eval(body, ScriptOutputType.MULTI, keyArray, values);
                    }
                    return CompletableFuture.failedFuture(thrown);
                }));
    }

    private static byte[] value(Object argument) {
        return argument instanceof byte[] bytes
                ? bytes
                : String.valueOf(argument).getBytes(StandardCharsets.UTF_8);
    }
}
