package dev.rekindle.platform.redis;

import dev.rekindle.platform.rpc.Failure;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
        return new RedisScript(redis, name, joined(read(owner, prelude), read(owner, name)));
    }

    /**
     * Several scripts as one step, each of which goes on where the one before ended. They share KEYS and ARGV[1]; after that
     * come, for each script, the number of its other arguments and those. The result is the list of theirs.
     */
    public static RedisScript inTurn(Redis redis, Class<?> owner, String prelude, List<String> names) {
        List<byte[]> parts = new ArrayList<>(List.of(read(owner, prelude), utf8("\nlocal steps = {}\n")));
        for (String name : names) {
            parts.add(utf8("steps[#steps + 1] = function(ARGV)\n"));
            parts.add(read(owner, name));
            parts.add(utf8("\nend\n"));
        }
        parts.add(read(RedisScript.class, "platform/in_turn"));
        return new RedisScript(redis, String.join(" and ", names), joined(parts.toArray(byte[][]::new)));
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        return body.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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
        return argument instanceof byte[] bytes ? bytes : utf8(String.valueOf(argument));
    }
}
