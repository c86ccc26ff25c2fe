package dev.rekindle.processing.picture;

import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.pipeline.Stop;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * What the stored colours of a picture become: sRGB first, and then laid on a colour where they are transparent. That colour
 * is one of sRGB and must not go through the picture's profile.
 *
 * @param profile the way of the picture's colours to sRGB; empty where they are that already
 * @param rgb what shows through, 0xRRGGBB
 */
record Backing(Optional<ColourProfile> profile, int rgb, Stop stop) {
    static Backing of(MediaHeader header, int rgb, Stop stop) {
        return new Backing(ColourProfile.of(header), rgb, stop);
    }

    /** Changes blue-green-red pixels to sRGB, in place. */
    void toSrgb(Mat bgr) {
        stop.check();
        profile.ifPresent(stored -> stored.toSrgb(bgr, stop));
    }
}
