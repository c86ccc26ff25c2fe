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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes pictures available to RunPod: at signed addresses, or within the request where they must be and fit. */
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
     * Pictures that were sent; closing them takes them away again, unless they are left there.
     *
     * @param texts their addresses, or their base64
     * @param keys under which they lie in the store, if they do
     */
    record Sent(List<String> texts, boolean inline, List<String> keys, Consumer<String> removal)
            implements AutoCloseable {
        /** Whoever goes on with the job needs them; what nobody fetches goes with the job. */
        void leave() {
            keys.clear();
        }

        @Override
        public void close() {
            keys.forEach(removal);
        }
    }

    Sent send(List<Picture> pictures, Attempt attempt, Stop stop) {
        boolean inline = isInline();
        List<String> texts = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        Sent sent = new Sent(texts, inline, keys, this::remove);
        try {
            for (Picture picture : pictures) {
                stop.check();
                if (inline) {
                    byte[] jpeg = fitting(picture, INLINE_BYTES_MAX / pictures.size(), attempt, stop);
                    texts.add(Base64.getEncoder().encodeToString(jpeg));
                } else {
                    String key = attempt.reference() + "/engine-input" + (keys.isEmpty() ? "" : "-" + (keys.size() + 1))
                            + ".jpg";
                    keys.add(key);
                    texts.add(shared.put(key, jpeg(picture, QUALITY, attempt)));
                }
            }
            return sent;
        } catch (RuntimeException e) {
            sent.close();
            throw e;
        }
    }

    private static byte[] fitting(Picture picture, int bytesMax, Attempt attempt, Stop stop) {
        byte[] jpeg = jpeg(picture, QUALITY, attempt);
        if (jpeg.length <= bytesMax) {
            return jpeg;
        }
        int quality = PictureEncoder.qualityFor(picture, OutputFormat.JPEG, true, bytesMax, stop)
                .orElseThrow(() -> RunFailed.counting("the picture does not fit into a request"));
        return jpeg(picture, quality, attempt);
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
