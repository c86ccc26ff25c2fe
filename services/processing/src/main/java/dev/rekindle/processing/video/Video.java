package dev.rekindle.processing.video;

import dev.rekindle.common.v1.MediaMetadata;
import java.util.List;

/**
 * A video as ffprobe sees it.
 *
 * @param metadata with upright width and height in square pixels
 * @param demuxer the one that reads its container; no other is ever tried
 * @param stream index of the pictures that are used
 * @param seconds it lasts
 * @param lastFrame when the last picture begins, in seconds
 * @param sounds indexes of its audio tracks
 * @param texts its subtitle tracks that are text
 * @param drawn subtitle tracks that are drawn as pictures, which no output takes
 */
public record Video(
        MediaMetadata metadata,
        String demuxer,
        int stream,
        double seconds,
        double lastFrame,
        List<Track> sounds,
        List<Track> texts,
        int drawn) {

    /** One track of sound or text. */
    record Track(int stream, String language) {}

    /** Pictures a second; 30 where the file does not say. */
    double rate() {
        double told = metadata.getVideo().getFramesPerSecond();
        return told > 0 ? told : 30;
    }
}
