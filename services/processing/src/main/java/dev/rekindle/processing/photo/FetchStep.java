package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Brings the photos of the order from the store into the folder. Of none more than the limit is ever written. */
final class FetchStep implements Step<PhotoWork> {
    private static final int PIECE_BYTES = 256 << 10;

    private final Blobs blobs;
    private final long bytesMax;

    FetchStep(Blobs blobs, long bytesMax) {
        this.blobs = blobs;
        this.bytesMax = bytesMax;
    }

    @Override
    public String name() {
        return "fetch_photo";
    }

    @Override
    public double weight() {
        return 3;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        if (work.order().getInputsCount() == 0) {
            throw gone();
        }
        int count = work.order().getInputsCount();
        for (int i = 0; i < count; i++) {
            String key = work.order().getInputs(i).getBlobKey();
            Path file = work.input(i);
            Progress part = progress.part((double) i / count, (i + 1.0) / count);
            TryStore.call(blobs, "Fetching " + key, stop, () -> fetch(key, file, part, stop));
        }
    }

    private void fetch(String key, Path file, Progress progress, Stop stop) {
        try (Blobs.Content content = blobs.get(key);
                OutputStream out = Files.newOutputStream(file)) {
            copy(content.bytes(), out, content.info().sizeBytes(), progress, stop);
        } catch (Failure failure) {
            throw failure.reason() == Reason.REASON_NOT_FOUND ? gone() : failure;
        } catch (IOException e) {
            throw Failure.of(Reason.REASON_STORAGE_FAILED, "The photo could not be read from the store.")
                    .withDetail(key + ": " + e.getMessage(), e);
        }
    }

    private void copy(InputStream in, OutputStream out, long size, Progress progress, Stop stop) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        long copied = 0;
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            stop.check();
            copied += count;
            if (copied > bytesMax) {
                throw Failure.of(
                        Reason.REASON_TOO_LARGE, "The file has more than " + bytesMax + " bytes; no more are allowed.");
            }
            out.write(piece, 0, count);
            progress.at((double) copied / Math.max(1, size));
        }
        if (copied != size) {
            throw Failure.of(Reason.REASON_STORAGE_FAILED, "The store gave " + copied + " of " + size + " bytes.");
        }
    }

    private static Failure gone() {
        return Failure.of(Reason.REASON_NOT_FOUND, "The photo is no longer there.");
    }
}
