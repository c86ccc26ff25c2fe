package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.MessageSink;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A stream of something that is looked at anew every second: sent when it is another than before, until it is the last,
 * its reader is gone, or the reader's sign-in has ended. A slow reader gets the newest when it is ready.
 */
final class PollStream {
    private static final long EVERY_MILLIS = 1000;

    private PollStream() {}

    static <T> void run(MessageSink<T> sink, Clock clock, Supplier<T> look, Predicate<T> isLast)
            throws InterruptedException {
        Identity caller = Identity.current();
        CountDownLatch gone = new CountDownLatch(1);
        sink.onCancel(gone::countDown);
        Optional<T> sent = Optional.empty();
        do {
            if (!clock.instant().isBefore(caller.expiry())) {
                throw Failure.of(Reason.REASON_CREDENTIALS_EXPIRED, "Your sign-in has ended; sign in again.");
            }
            T now = look.get();
            if (sent.isEmpty() || !now.equals(sent.get())) {
                sink.send(now);
                sent = Optional.of(now);
            }
            if (isLast.test(now)) {
                return;
            }
        } while (!gone.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
    }
}
