package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.rekindle.platform.redis.Redis;
import java.time.Instant;
import java.util.List;

/** A script's answer, read value by value in the order its first lines name them. */
final class Reply {
    private final List<?> values;
    private int at;

    Reply(List<?> values) {
        this.values = values;
    }

    boolean more() {
        return at < values.size();
    }

    String text() {
        return Redis.text(raw());
    }

    long number() {
        return (Long) value();
    }

    int count() {
        return Math.toIntExact(number());
    }

    /** Milliseconds since 1970. */
    Instant time() {
        return Instant.ofEpochMilli(number());
    }

    /** Bytes nobody else holds, so they are not copied. */
    ByteString bytes() {
        return UnsafeByteOperations.unsafeWrap(raw());
    }

    Reply list() {
        return new Reply((List<?>) value());
    }

    /** A reader of so many values, which this one skips. */
    Reply next(int count) {
        at += count;
        return new Reply(values.subList(at - count, at));
    }

    private byte[] raw() {
        return (byte[]) value();
    }

    private Object value() {
        return values.get(at++);
    }
}
