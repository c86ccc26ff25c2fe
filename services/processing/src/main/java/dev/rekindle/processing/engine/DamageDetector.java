package dev.rekindle.processing.engine;

import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;

/** Something that tells damaged pixels from the photo's own. */
public interface DamageDetector {
    /**
     * The damage of a picture: 255 where it is to be painted over, 0 elsewhere, of the picture's size. What is missed costs
     * a scratch, what is wrongly marked costs a piece of somebody's face, so doubt means 0.
     *
     * @param luminance brightness of the picture, 8 bits
     * @param noise standard deviation of its noise
     * @return the caller's to close
     */
    Mat find(Mat luminance, List<Face> faces, double noise, Stop stop);
}
