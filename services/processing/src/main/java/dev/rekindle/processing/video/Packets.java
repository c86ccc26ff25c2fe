package dev.rekindle.processing.video;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.List;

/** What the packets of the pictures tell: lines of pts, dts, duration and flags. */
final class Packets {
    /** Two hours of 240 pictures a second have fewer. A file can hold one in each of its bytes, and each costs time. */
    static final long FRAMES_MAX = 2_000_000;

    private double first = Double.NaN;
    private double last = Double.NaN;
    private double end;
    private double shown;
    private long frames;
    private final List<Long> keys = new ArrayList<>();

    /**
     * Takes one line.
     *
     * @throws Failure TOO_MANY_PIXELS if it is one more than a video may have
     */
    void take(String line) {
        String[] parts = line.split(",", -1);
        if (parts.length < 4) {
            return;
        }
        if (frames == FRAMES_MAX) {
            throw Failure.of(
                    Reason.REASON_TOO_MANY_PIXELS,
                    "The video has more than " + FRAMES_MAX + " pictures; no more are allowed.");
        }
        if (parts[3].contains("K")) {
            keys.add(frames);
        }
        frames++;
        double presented = Fields.parse(parts[0]);
        double at = Double.isNaN(presented) ? Fields.parse(parts[1]) : presented; // AVI has times of decoding only
        if (Double.isNaN(at)) {
            return;
        }
        double lasts = Fields.parse(parts[2]);
        shown += lasts;
        first = Double.isNaN(first) ? at : Math.min(first, at);
        last = Double.isNaN(last) ? at : Math.max(last, at);
        end = Math.max(end, at + (Double.isNaN(lasts) ? 0 : lasts));
    }

    double seconds() {
        return Double.isNaN(first) ? 0 : end - Math.min(first, 0);
    }

    /** How long all pictures are shown by their own durations; not a number where one says none. */
    double shown() {
        return shown;
    }

    double last() {
        return Double.isNaN(last) ? 0 : Math.max(0, last - first);
    }

    long frames() {
        return frames;
    }

    /** The usual distance between keyframes; 0 where there is only one. */
    int gop() {
        List<Long> distances = new ArrayList<>();
        for (int i = 1; i < keys.size(); i++) {
            distances.add(keys.get(i) - keys.get(i - 1));
        }
        distances.sort(null);
        return distances.isEmpty() ? 0 : Math.toIntExact(distances.get(distances.size() / 2));
    }
}
