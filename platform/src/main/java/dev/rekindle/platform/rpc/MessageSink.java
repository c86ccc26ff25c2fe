package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.Reason;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where a streaming RPC puts its messages. {@link #send} waits while the reader is slow, so at most one message is
 * buffered, and throws once the reader is gone, so a handler that only sends can never hang on a dead stream.
 */
public final class MessageSink<T> {
    private final ServerCall<?, T> call;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Runnable> cancelActions = new ArrayList<>();
    private boolean headersSent;
    private boolean cancelled;

    MessageSink(ServerCall<?, T> call) {
        this.call = call;
    }

    /**
     * Sends one message, waiting until the transport takes it.
     *
     * @throws Failure CANCELLED if the reader is gone
     */
    public void send(T message) throws InterruptedException {
        lock.lock();
        try {
            while (!call.isReady() && !cancelled) {
                changed.await();
            }
            put(message);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends one message, waiting at most that long until the transport takes it. For streams that must be able to end
     * though their reader does not read.
     *
     * @return false if the transport did not take it in time; the message is not sent
     * @throws Failure CANCELLED if the reader is gone
     */
    public boolean send(T message, Duration max) throws InterruptedException {
        lock.lock();
        try {
            long nanos = max.toNanos();
            while (!call.isReady() && !cancelled) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            put(message);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void put(T message) {
        if (cancelled || call.isCancelled()) {
            throw Failure.of(Reason.REASON_CANCELLED, "The caller went away.");
        }
        if (!headersSent) {
            headersSent = true;
            call.sendHeaders(new io.grpc.Metadata());
        }
        call.sendMessage(message);
    }

    /** True if the reader is gone. */
    public boolean isCancelled() {
        lock.lock();
        try {
            return cancelled || call.isCancelled();
        } finally {
            lock.unlock();
        }
    }

    /** Runs the action when the reader goes, or now if it has gone. It must not block. */
    public void onCancel(Runnable action) {
        lock.lock();
        try {
            if (!cancelled) {
                cancelActions.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    void signalReady() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void signalCancelled() {
        List<Runnable> actions;
        lock.lock();
        try {
            cancelled = true;
            actions = List.copyOf(cancelActions);
            cancelActions.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    void end(Status status, io.grpc.Metadata trailers) {
        lock.lock();
        try {
            if (!cancelled) {
                if (status.isOk() && !headersSent) {
                    call.sendHeaders(new io.grpc.Metadata());
                }
                call.close(status, trailers);
            }
        } finally {
            lock.unlock();
        }
    }
}
