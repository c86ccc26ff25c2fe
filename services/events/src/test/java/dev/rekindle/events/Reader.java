package dev.rekindle.events;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Eventually;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client's end of a stream: keeps what it got. A slow one takes a message only when told to. */
final class Reader implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    private final boolean quick;
    private final List<SubscribeResponse> messages = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Failure failure;
    private @Nullable ClientCallStreamObserver<SubscribeRequest> call;

    private Reader(boolean quick) {
        this.quick = quick;
    }

    static Reader quick() {
        return new Reader(true);
    }

    static Reader slow() {
        return new Reader(false);
    }

    @Override
    public synchronized void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
        call = stream;
        if (!quick) {
            stream.disableAutoRequestWithInitial(1);
        }
    }

    /** Lets a slow reader take that many messages more. */
    void take(int count) {
        call().request(count);
    }

    private synchronized ClientCallStreamObserver<SubscribeRequest> call() {
        if (call == null) {
            throw new IllegalStateException("The stream has not begun");
        }
        return call;
    }

    /** Goes away. */
    void cancel() {
        call().cancel("The reader goes", null);
        awaitEnd();
    }

    @Override
    public synchronized void onNext(SubscribeResponse message) {
        messages.add(message);
    }

    @Override
    public void onError(Throwable thrown) {
        synchronized (this) {
            failure = Failures.of(thrown);
        }
        ended.countDown();
    }

    @Override
    public void onCompleted() {
        ended.countDown();
    }

    synchronized List<SubscribeResponse> messages() {
        return List.copyOf(messages);
    }

    /** The events got, transient ones among them. */
    List<Event> events() {
        return messages().stream()
                .filter(SubscribeResponse::hasEvent)
                .map(SubscribeResponse::getEvent)
                .toList();
    }

    /** Waits until the stream stands; answers the place it begins at. */
    String awaitReady() {
        return Eventually.answers(() -> messages().getFirst().getReady().getResumeAfter());
    }

    /** Waits for the end; answers the failure, or null if it ended well. */
    @Nullable
    Failure awaitEnd() {
        try {
            if (!ended.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError(
                        "The stream did not end; it has sent " + messages().size() + " messages");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        synchronized (this) {
            return failure;
        }
    }

    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** What resumes after all this reader got, as a client would keep it; empty if that is nothing. */
    String resumeAfter() {
        String last = "";
        for (SubscribeResponse message : messages()) {
            last = switch (message.getMessageCase()) {
                case EVENT ->
                    message.getEvent().getTransient()
                            ? last
                            : message.getEvent().getId();
                case READY -> message.getReady().getResumeAfter();
                case RESYNC -> message.getResync().getResumeAfter();
                case KEEP_ALIVE, MESSAGE_NOT_SET -> last;
            };
        }
        return last;
    }
}
