package dev.rekindle.processing.picture;

import java.awt.image.BufferedImage;
import java.util.Map;
import java.util.TreeMap;
import org.imgscalr.Scalr;

/**
 * Small pictures of three sizes, made one from the other: OpenCV reduces the large picture to the largest, where area
 * averaging is both fast and clean; imgscalr finishes the smaller ones, each at most half as large as the one before.
 */
public final class Thumbnails {
    /** Pixels of the longer side, largest first. */
    public static final int LARGE = 600;

    public static final int MEDIUM = 300;
    public static final int SMALL = 150;

    private Thumbnails() {}

    /** The thumbnails by the pixels of their square box, smallest first. None is larger than the picture. Close them. */
    public static Map<Integer, Picture> of(Picture picture) {
        Map<Integer, Picture> thumbnails = new TreeMap<>();
        Picture large = picture.fittingIn(PictureSize.square(LARGE));
        thumbnails.put(LARGE, large);
        BufferedImage above = Buffered.of(large);
        for (int side : new int[] {MEDIUM, SMALL}) {
            PictureSize size =
                    new PictureSize(above.getWidth(), above.getHeight()).fittedInto(PictureSize.square(side));
            BufferedImage smaller = size.width() == above.getWidth()
                    ? above
                    : Scalr.resize(
                            above, Scalr.Method.ULTRA_QUALITY, Scalr.Mode.FIT_EXACT, size.width(), size.height());
            thumbnails.put(side, Buffered.toPicture(smaller));
            above = smaller;
        }
        return thumbnails;
    }
}
