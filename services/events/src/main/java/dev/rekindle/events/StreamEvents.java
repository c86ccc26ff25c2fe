package dev.rekindle.events;

import com.google.protobuf.Timestamp;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.KeepAlive;
import dev.rekindle.events.v1.Ready;
import dev.rekindle.events.v1.Resync;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sends a reader the events of its interest: first those it missed, from the log, then those that happen. */
final class StreamEvents {
    private static final int REPLAY_BATCH = 200;

    private final EventStore store;
    private final FindPosition findPosition;
    private final Switchboard switchboard;
    private final EventsConfig.Subscriptions config;
    private final EventMetrics metrics;
    private final Clock clock;

    StreamEvents(
            EventStore store,
            FindPosition findPosition,
            Switchboard switchboard,
            EventsConfig.Subscriptions config,
            EventMetrics metrics,
            Clock clock) {
        this.store = store;
        this.findPosition = findPosition;
        this.switchboard = switchboard;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Streams until the reader goes, is cut, or may no longer listen.
     *
     * @throws Failure CREDENTIALS_EXPIRED, RATE_LIMITED or OVERLOADED by the limits, OVERLOADED if the reader does not
     *     read at all, UNAVAILABLE if the log is away
     */
    void stream(Identity caller, SubscribeRequest request, MessageSink<SubscribeResponse> answers)
            throws InterruptedException {
        Interest interest = Interest.of(caller, request.getRoomsList(), request.getTypesList());
        Subscription subscription = switchboard.admit(caller.subject(), interest);
        try {
            answers.onCancel(() -> subscription.end(Subscription.Ending.GONE));
            new Stream(subscription, answers, caller.expiry()).run(request.getResumeAfter());
        } finally {
            switchboard.leave(subscription);
        }
    }

    /** One reader's stream. */
    private final class Stream {
        private final Subscription subscription;
        private final MessageSink<SubscribeResponse> answers;
        private final Instant expiry;
        /** All of interest up to here is sent. */
        private Position sent = Position.START;

        Stream(Subscription subscription, MessageSink<SubscribeResponse> answers, Instant expiry) {
            this.subscription = subscription;
            this.answers = answers;
            this.expiry = expiry;
        }

        void run(String resumeAfter) throws InterruptedException {
            if (resumeAfter.isEmpty()) {
                sent = switchboard.join(subscription);
                sendReady();
            } else {
                Position start = findPosition.find(resumeAfter, subscription.userId());
                if (start == null) {
                    resync(
                            null,
                            "The events after " + resumeAfter + " are not known here, or no longer: read the state"
                                    + " anew, and subscribe without resume_after.");
                    return;
                }
                sent = start;
                sendReady();
                catchUp();
            }
            live();
        }

        /**
         * Sends what was missed. Joins only when little is left, because from then on events wait in the buffer while the
         * rest is sent.
         */
        private void catchUp() throws InterruptedException {
            int count;
            do {
                count = replay(store.head());
            } while (count > config.bufferMax() / 2 && subscription.ending() == null);
            replay(switchboard.join(subscription));
        }

        private int replay(Position upTo) throws InterruptedException {
            int count = 0;
            while (upTo.isAfter(sent) && subscription.ending() == null) {
                Page page = store.read(subscription.interest(), sent, upTo, REPLAY_BATCH);
                for (LoggedEvent logged : page.events()) {
                    send(LiveEvent.message(logged.event()));
                    sent = logged.position();
                    count++;
                }
                sent = page.end();
            }
            return count;
        }

        private void live() throws InterruptedException {
            while (true) {
                switch (subscription.next(min(config.keepAlive(), untilExpiry()))) {
                    case Subscription.Next.Delivery(LiveEvent event) -> deliver(event);
                    case Subscription.Next.Silence() -> sendKeepAlive();
                    case Subscription.Next.Ended(Subscription.Ending why) -> {
                        end(why);
                        return;
                    }
                }
            }
        }

        private void deliver(LiveEvent event) throws InterruptedException {
            // The tail of this process may lag behind the place where another process left the reader.
            if (event.isTransient() || event.position().isAfter(sent)) {
                send(event.message());
                sent = sent.max(event.position());
                metrics.delivered(event.publishTime(), clock.instant());
            }
        }

        private void end(Subscription.Ending why) throws InterruptedException {
            switch (why) {
                case SLOW -> resync(sent, "You read more slowly than events came: subscribe again with resume_after.");
                case CLOSING -> resync(sent, "This server is going away: subscribe again with resume_after.");
                case GONE -> {}
            }
        }

        private void sendReady() throws InterruptedException {
            send(SubscribeResponse.newBuilder()
                    .setReady(Ready.newBuilder().setResumeAfter(sent.token()))
                    .build());
        }

        private void sendKeepAlive() throws InterruptedException {
            Instant now = clock.instant();
            Timestamp time = Timestamp.newBuilder()
                    .setSeconds(now.getEpochSecond())
                    .setNanos(now.getNano())
                    .build();
            send(SubscribeResponse.newBuilder()
                    .setKeepAlive(KeepAlive.newBuilder().setTime(time))
                    .build());
        }

        private void resync(@Nullable Position resumeAfter, String message) throws InterruptedException {
            send(SubscribeResponse.newBuilder()
                    .setResync(Resync.newBuilder()
                            .setResumeAfter(resumeAfter == null ? "" : resumeAfter.token())
                            .setMessage(message))
                    .build());
        }

        private void send(SubscribeResponse message) throws InterruptedException {
            if (!answers.send(message, min(config.stallMax(), untilExpiry()))) {
                untilExpiry(); // if that was what ended the wait, it says so
                throw Failure.of(
                        Reason.REASON_OVERLOADED,
                        "You have read nothing for " + config.stallMax().toMillis() + " ms. Subscribe again with the"
                                + " last event's id.");
            }
        }

        private Duration untilExpiry() {
            Duration left = Duration.between(clock.instant(), expiry);
            if (!left.isPositive()) {
                throw Failure.of(
                        Reason.REASON_CREDENTIALS_EXPIRED,
                        "Your credentials have expired: sign in again, and subscribe with the last event's id.");
            }
            return left;
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
