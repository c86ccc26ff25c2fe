package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.Reason;
import io.grpc.ServerCall;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Where an RPC with a streamed request takes its messages from, one at a time; the next is asked for when one is taken. */
public final class MessageSource<T> {
    private sealed interface Item<T> {
        record Of<T>(T message) implements Item<T> {}

        record End<T>(boolean cancelled) implements Item<T> {}
    }

    private final ServerCall<T, ?> call;
    private final BlockingQueue<Item<T>> items = new LinkedBlockingQueue<>();
    private boolean ended;

    MessageSource(ServerCall<T, ?> call) {
        this.call = call;
    }

    /**
     * The next message, or null after the last.
     *
     * @throws Failure CANCELLED if the caller broke the stream off
     */
    public @Nullable T next() throws InterruptedException {
        if (ended) {
            return null;
        }
        call.request(1);
        return switch (items.take()) {
            case Item.Of<T>(T message) -> message;
            case Item.End<T>(boolean cancelled) -> {
                ended = true;
                if (cancelled) {
                    throw Failure.of(Reason.REASON_CANCELLED, "The caller broke the stream off.");
                }
                yield null;
            }
        };
    }

    void offer(T message) {
        items.add(new Item.Of<>(message));
    }

    void end(boolean cancelled) {
        items.add(new Item.End<>(cancelled));
    }
}
