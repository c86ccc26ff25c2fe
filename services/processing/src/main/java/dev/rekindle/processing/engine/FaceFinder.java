package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.equalizeHist;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.picture.Natives;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.CascadeClassifier;

/**
 * Finds faces with the cascades that come with OpenCV. A face that many windows agree on and in which an eye is found
 * counts as sure; the others are only good for being careful around them.
 */
final class FaceFinder {
    private static final String FOLDER =
            "/org/bytedeco/opencv/" + Loader.getPlatform() + "/share/opencv4/haarcascades/";
    private static final int SEARCHED_SIDE = 800;
    private static final double SMALLEST_SHARE = 0.05;
    private static final int AGREEING_FOR_CARE = 3;
    private static final int AGREEING_FOR_SURE = 10;

    private final CascadeClassifier frontal = load("haarcascade_frontalface_alt2.xml");
    private final CascadeClassifier profile = load("haarcascade_profileface.xml");
    private final CascadeClassifier eyes = load("haarcascade_eye.xml");

    private static CascadeClassifier load(String name) {
        Natives.load();
        try {
            return new CascadeClassifier(
                    Loader.cacheResource(FaceFinder.class, FOLDER + name).getPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The faces of a picture, largest first, none overlapping another. One search at a time: cascades keep state. */
    synchronized List<Face> find(Picture picture, Stop stop) {
        try (PointerScope _ = new PointerScope()) {
            double scale = Math.min(1, (double) SEARCHED_SIDE / picture.longerSide());
            Mat grey = new Mat(picture.height(), picture.width(), CV_8UC1);
            cvtColor(picture.mat(), grey, COLOR_BGR2GRAY);
            resize(grey, grey, Scaled.of(grey, scale), 0, 0, INTER_AREA);
            equalizeHist(grey, grey);
            int smallest = (int) Math.max(24, SMALLEST_SHARE * Math.min(grey.cols(), grey.rows()));
            List<Face> faces = new ArrayList<>();
            search(grey, frontal, smallest, true, faces);
            stop.check();
            search(grey, profile, smallest, false, faces);
            stop.check();
            return faces.stream()
                    .map(face -> face.scaled(1 / scale))
                    .sorted(Comparator.comparingInt(Face::size).reversed())
                    .toList();
        }
    }

    private void search(Mat grey, CascadeClassifier cascade, int smallest, boolean canBeSure, List<Face> found) {
        RectVector windows = new RectVector();
        IntBuffer agreeing = IntBuffer.allocate(1000);
        cascade.detectMultiScale2(
                grey, windows, agreeing, 1.1, AGREEING_FOR_CARE, 0, new Size(smallest, smallest), new Size());
        for (int i = 0; i < windows.size() && i < agreeing.capacity(); i++) {
            Rect window = windows.get(i);
            boolean sure = canBeSure && agreeing.get(i) >= AGREEING_FOR_SURE && hasEye(grey, window);
            Face face = new Face(window.x(), window.y(), window.width(), sure);
            if (found.stream().noneMatch(face::overlaps)) {
                found.add(face);
            }
        }
    }

    private boolean hasEye(Mat grey, Rect face) {
        Rect upperHalf = new Rect(face.x(), face.y() + face.height() / 6, face.width(), face.height() / 2);
        RectVector found = new RectVector();
        int smallest = Math.max(8, face.width() / 8);
        eyes.detectMultiScale(new Mat(grey, upperHalf), found, 1.05, 3, 0, new Size(smallest, smallest), new Size());
        return found.size() > 0;
    }
}
