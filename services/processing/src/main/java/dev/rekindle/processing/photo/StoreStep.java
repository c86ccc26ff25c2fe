package dev.rekindle.processing.photo;

import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Stores what was made, below a key that only this attempt uses, so that storing again changes nothing. */
final class StoreStep implements Step<PhotoWork> {
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
            PhotoWork.Made file = made.getValue();
            store(key, file, stop);
            work.stored(made.getKey(), key, made.getValue());
            stored++;
            progress.at((double) stored / work.made().size());
        }
    }

    /** What the store does not take goes elsewhere, where there is an elsewhere: the work is done and shall not be lost. */
    private void store(String key, PhotoWork.Made made, Stop stop) {
        try {
            TryStore.call(blobs, "Storing " + key, stop, () -> blobs.put(key, made.file(), made.contentType()));
        } catch (Failure failure) {
            blobs.putElsewhere(key, made.file(), made.contentType(), failure);
        }
    }
}
