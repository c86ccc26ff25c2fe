package dev.rekindle.processing.picture;

import java.awt.image.BufferedImage;
import org.bytedeco.javacv.Frame;
import org.bytedeco.javacv.Java2DFrameConverter;
import org.bytedeco.javacv.OpenCVFrameConverter;
import org.bytedeco.opencv.opencv_core.Mat;

/** Pictures as images of the JDK and back: for small ones only, as these live on the heap. */
final class Buffered {
    private Buffered() {}

    static BufferedImage of(Picture picture) {
        try (OpenCVFrameConverter.ToMat toFrame = new OpenCVFrameConverter.ToMat();
                Java2DFrameConverter toImage = new Java2DFrameConverter()) {
            return Java2DFrameConverter.cloneBufferedImage(toImage.convert(toFrame.convert(picture.mat())));
        }
    }

    static Picture toPicture(BufferedImage image) {
        BufferedImage bgr = image;
        if (image.getType() != BufferedImage.TYPE_3BYTE_BGR) {
            bgr = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
            bgr.createGraphics().drawImage(image, 0, 0, null);
        }
        try (Java2DFrameConverter toFrame = new Java2DFrameConverter();
                OpenCVFrameConverter.ToMat toMat = new OpenCVFrameConverter.ToMat()) {
            Frame frame = toFrame.convert(bgr);
            Mat shared = toMat.convert(frame);
            return Picture.of(shared.clone());
        }
    }
}
