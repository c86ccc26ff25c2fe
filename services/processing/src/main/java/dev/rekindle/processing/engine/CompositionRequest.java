package dev.rekindle.processing.engine;

import dev.rekindle.common.v1.Resolution;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import java.util.List;

/**
 * Photos that are to be brought together in one picture.
 *
 * @param pictures in the order of their owner; they stay the caller's
 * @param resolution whose box the result must fit into
 * @param words of the owner; empty where there are none
 * @param attempt what is done for, and where it tells what it cost
 */
public record CompositionRequest(List<Picture> pictures, Resolution resolution, String words, Attempt attempt) {
    /** No result has a longer side. */
    private static final int SIDE_MAX = 4096;

    public CompositionRequest {
        pictures = List.copyOf(pictures);
        if (pictures.size() < 2) {
            throw new IllegalArgumentException("Nothing is brought together of " + pictures.size() + " pictures.");
        }
    }

    /** What results of a resolution must fit into, turned to match the shape of one. */
    public static PictureSize boxOf(Resolution resolution, PictureSize shape) {
        PictureSize box = shape.boxOf(resolution);
        return new PictureSize(Math.min(SIDE_MAX, box.width()), Math.min(SIDE_MAX, box.height()));
    }
}
