package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A photo and the same at half its width and height.
 *
 * @param clean cut to even sides
 */
record Halved(Picture clean, Picture small) implements AutoCloseable {
    /** The photos that no network of ours has learned from. */
    static final List<String> PHOTOS = List.of("astronaut", "grace_hopper", "camera", "chelsea", "coffee", "rocket");

    /** Ways to halve. */
    enum How {
        AREA,
        LANCZOS,
        BICUBIC
    }

    static Halved of(String name, How how) {
        try (Picture photo = TestPhotos.picture(name)) {
            Picture clean =
                    Picture.of(new Mat(photo.mat(), new Rect(0, 0, photo.width() & ~1, photo.height() & ~1)).clone());
            PictureSize half = new PictureSize(clean.width() / 2, clean.height() / 2);
            return new Halved(clean, halved(clean, half, how));
        }
    }

    private static Picture halved(Picture clean, PictureSize half, How how) {
        Resizing whole = new Resizing(clean.width(), clean.height(), half);
        return switch (how) {
            case AREA -> resized(clean, half, INTER_AREA);
            case LANCZOS -> clean.resized(whole, 0, 0, Interpolation.INTERPOLATION_LANCZOS);
            case BICUBIC -> clean.resized(whole, 0, 0, Interpolation.INTERPOLATION_BICUBIC);
        };
    }

    /** The small one enlarged again by a filter of OpenCV. */
    Picture enlarged(int filter) {
        return resized(small, PictureSize.of(clean), filter);
    }

    private static Picture resized(Picture picture, PictureSize size, int filter) {
        Mat resized = new Mat();
        resize(picture.mat(), resized, new Size(size.width(), size.height()), 0, 0, filter);
        return Picture.of(resized);
    }

    @Override
    public void close() {
        clean.close();
        small.close();
    }
}
