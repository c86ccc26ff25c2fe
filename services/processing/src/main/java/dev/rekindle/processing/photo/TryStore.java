package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the store a few times before it is taken for broken: what does not answer now may answer in a second. */
final class TryStore {
    private static final Logger log = LoggerFactory.getLogger(TryStore.class);
    private static final int TRIES = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(300);

    private TryStore() {}

    /** Runs a call that may be repeated. While the store is left alone it is not tried again. */
    static void call(Blobs blobs, String what, Stop stop, Runnable call) {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                call.run();
                return;
            } catch (Failure failure) {
                boolean again = failure.reason() == Reason.REASON_STORAGE_FAILED
                        && attempt < TRIES
                        && blobs.circuit().lets();
                if (!again) {
                    throw failure;
                }
                log.warn("{} failed and is tried again: {}", what, failure.detail());
            }
            stop.pause(pause);
            pause = pause.multipliedBy(3);
        }
    }
}
