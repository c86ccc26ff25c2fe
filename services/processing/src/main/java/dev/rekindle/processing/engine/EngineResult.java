package dev.rekindle.processing.engine;

import dev.rekindle.processing.picture.Picture;
import java.util.List;

/**
 * What an engine made.
 *
 * @param picture the receiver's to close
 * @param report one line a step, in words for the owner of the photo
 * @param changed true if the engine found something to mend, so that an unchanged result would be wrong
 */
public record EngineResult(Picture picture, List<String> report, boolean changed) {
    public EngineResult {
        report = List.copyOf(report);
    }
}
