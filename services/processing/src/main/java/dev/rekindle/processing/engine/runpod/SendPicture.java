package dev.rekindle.processing.engine.runpod;

import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.picture.OutputFormat;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a picture available to RunPod: at a signed address, or within the request where it must be and fits. */
final class SendPicture {
    private static final Logger log = LoggerFactory.getLogger(SendPicture.class);
    private static final int QUALITY = 95;
    /** Base64 makes four bytes of three; the rest of the request has room besides. */
    private static final int INLINE_BYTES_MAX = (RunPodApi.REQUEST_BYTES_MAX - (64 << 10)) / 4 * 3;

    private final RunPodConfig.Input way;
    private final Adapter adapter;
    private final SharedPictures shared;

    SendPicture(RunPodConfig.Input way, Adapter adapter, SharedPictures shared) {
        this.way = way;
        this.adapter = adapter;
        this.shared = shared;
    }

    /**
     * A picture that was sent; closing it takes it away again.
     *
     * @param text its address, or its base64
     */
    record Sent(String text, boolean inline, Runnable removal) implements AutoCloseable {
        @Override
        public void close() {
            removal.run();
        }
    }

    Sent send(Picture picture, Attempt attempt, Stop stop) {
        byte[] jpeg = jpeg(picture, QUALITY, attempt);
        if (!isInline()) {
            String key = attempt.reference() + "/engine-input.jpg";
            return new Sent(shared.put(key, jpeg), false, () -> remove(key));
        }
        if (jpeg.length > INLINE_BYTES_MAX) {
            int quality = PictureEncoder.qualityFor(picture, OutputFormat.JPEG, true, INLINE_BYTES_MAX, stop)
                    .orElseThrow(() -> RunFailed.counting("the picture does not fit into a request"));
            jpeg = jpeg(picture, quality, attempt);
        }
        return new Sent(Base64.getEncoder().encodeToString(jpeg), true, () -> {});
    }

    private boolean isInline() {
        return adapter.wantsPictureInline()
                || switch (way) {
                    case URL -> false;
                    case INLINE -> true;
                    case AUTO -> !shared.reachable();
                };
    }

    private static byte[] jpeg(Picture picture, int quality, Attempt attempt) {
        try {
            Path file = attempt.files().apply("engine-input.jpg");
            PictureEncoder.write(picture, quality, file);
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void remove(String key) {
        try {
            shared.remove(key);
        } catch (Failure failure) {
            // It lies below the attempt's key, so the sweep of the jobs service finds it.
            log.warn("Could not delete {}: {}", key, failure.detail());
        }
    }
}
