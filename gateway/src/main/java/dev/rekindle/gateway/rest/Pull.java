package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.stream.StreamMessage;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.Failure;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * What a client sends, taken piece by piece by a thread that blocks: the next piece is asked for when it is wanted, so a
 * slow service slows its client down and nothing piles up between them.
 */
final class Pull<T> implements AutoCloseable {
    private sealed interface Item<T> {
        record Of<T>(T value) implements Item<T> {}

        record End<T>(@Nullable Throwable cause) implements Item<T> {}
    }

    private final BlockingQueue<Item<T>> items = new LinkedBlockingQueue<>();
    private final Incoming incoming = new Incoming();
    private final Duration idleMax;
    private boolean ended;
    private boolean asked;

    private Pull(Duration idleMax) {
        this.idleMax = idleMax;
    }

    /** Begins to read a message. A client that sends nothing for idleMax is given up. */
    static <T> Pull<T> from(StreamMessage<T> message, EventExecutor loop, Duration idleMax) {
        Pull<T> pull = new Pull<>(idleMax);
        message.subscribe(pull.incoming, loop);
        return pull;
    }

    /**
     * The next piece; null after the last.
     *
     * @throws Failure CANCELLED if the client went away, DEADLINE_EXCEEDED if it sends nothing any more
     */
    @Nullable
    T next() throws InterruptedException {
        try {
            return next(idleMax);
        } catch (TimeoutException e) {
            throw Failure.of(Reason.REASON_DEADLINE_EXCEEDED, "Nothing was sent for " + idleMax.toSeconds() + " s.");
        }
    }

    /**
     * The next piece; null after the last.
     *
     * @throws TimeoutException if none came in that time; the next call waits for the same piece
     * @throws Failure CANCELLED if the client went away
     */
    @Nullable
    T next(Duration waitMax) throws InterruptedException, TimeoutException {
        if (ended) {
            return null;
        }
        if (!asked) {
            asked = true;
            incoming.request();
        }
        Item<T> item = items.poll(waitMax.toMillis(), TimeUnit.MILLISECONDS);
        asked = item == null;
        return switch (item) {
            case Item.Of<T>(T value) -> value;
            case Item.End<T>(Throwable cause) -> {
                ended = true;
                if (cause != null) {
                    throw WireFailures.of(cause);
                }
                yield null;
            }
            case null -> throw new TimeoutException();
        };
    }

    /** Takes no more. Who waits for the next piece hears that there is none: a stream that is cancelled says nothing more. */
    @Override
    public void close() {
        incoming.cancel();
        items.add(new Item.End<>(null));
    }

    private final class Incoming implements Subscriber<T> {
        private @Nullable Subscription subscription;
        private boolean wanted;
        private boolean cancelled;

        @Override
        public synchronized void onSubscribe(Subscription given) {
            subscription = given;
            if (cancelled) {
                given.cancel();
            } else if (wanted) {
                given.request(1);
            }
        }

        synchronized void request() {
            if (subscription == null) {
                wanted = true;
            } else {
                subscription.request(1);
            }
        }

        synchronized void cancel() {
            cancelled = true;
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(T value) {
            items.add(new Item.Of<>(value));
        }

        @Override
        public void onError(Throwable cause) {
            items.add(new Item.End<>(cause));
        }

        @Override
        public void onComplete() {
            items.add(new Item.End<>(null));
        }
    }
}
