package dev.rekindle.processing.photo;

import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores what was made, below a key that only this attempt uses, so that storing again changes nothing. */
final class StoreStep implements Step<PhotoWork> {
    private static final Logger log = LoggerFactory.getLogger(StoreStep.class);
    private static final int TRIES = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(300);

    private final Blobs blobs;

    StoreStep(Blobs blobs) {
        this.blobs = blobs;
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public double weight() {
        return 5;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        int stored = 0;
        for (var made : work.made().entrySet()) {
            stop.check();
            String key = work.outputFolder() + "/" + made.getValue().file().getFileName();
            store(key, made.getValue(), stop);
            work.stored(made.getKey(), key, made.getValue());
            stored++;
            progress.at((double) stored / work.made().size());
        }
    }

    private void store(String key, PhotoWork.Made made, Stop stop) {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                blobs.put(key, made.file(), made.contentType());
                return;
            } catch (Failure failure) {
                if (attempt == TRIES) {
                    throw failure;
                }
                log.warn("Storing {} failed and is tried again: {}", key, failure.detail());
                stop.pause(pause);
                pause = pause.multipliedBy(3);
            }
        }
    }
}
