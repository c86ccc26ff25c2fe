package dev.rekindle.processing.engine;

import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;

/**
 * A photo that is to be set in motion.
 *
 * @param picture larger than the clip where the photo is, up to {@link #NEAREST}; it stays the caller's
 * @param size of the clip's pictures; both numbers are even
 * @param seconds the clip lasts
 * @param words of the owner; empty where there are none
 * @param attempt what is done for, and where it tells what it cost
 */
public record AnimationRequest(Picture picture, PictureSize size, double seconds, String words, Attempt attempt) {
    /** Pictures a second. */
    public static final int RATE = 25;

    /** How much larger than the clip a picture is of use, as a camera comes nearer. */
    public static final double NEAREST = 1.17;

    /** Pictures of the clip. */
    public int frames() {
        return framesOf(seconds);
    }

    /** Pictures of a clip that lasts so long. */
    public static int framesOf(double seconds) {
        return (int) Math.max(1, Math.round(seconds * RATE));
    }
}
