package dev.rekindle.processing.engine;

import java.nio.file.Path;
import java.util.List;

/**
 * What an engine made of a photo that was to move. The clip is coded from it.
 *
 * @param file in the attempt's folder
 * @param report one line a step, in words for the owner of the photo
 */
public record AnimationResult(Path file, Form form, List<String> report) {
    /** What the file is. */
    public enum Form {
        /** JPEGs one after the other, as many as were asked for. */
        FRAMES,
        /** A video of whatever size, length and kind. */
        VIDEO
    }

    public AnimationResult {
        report = List.copyOf(report);
    }
}
