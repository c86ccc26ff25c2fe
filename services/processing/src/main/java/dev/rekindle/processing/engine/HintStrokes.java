package dev.rekindle.processing.engine;

import dev.rekindle.common.v1.Point;
import dev.rekindle.jobs.v1.ColourHint;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Rect;
import org.jspecify.annotations.Nullable;

/** The owner's strokes of colour, drawn onto a grid. A later stroke lies over an earlier one. */
final class HintStrokes {
    private static final double RADIUS_USUAL = 0.01;

    private final int width;
    private final int height;
    private final int[] strokes;
    private final float[][] colours;

    private HintStrokes(int width, int height, int colours) {
        this.width = width;
        this.height = height;
        this.strokes = new int[width * height];
        this.colours = new float[colours + 1][];
    }

    static HintStrokes draw(List<ColourHint> hints, int width, int height) {
        HintStrokes drawn = new HintStrokes(width, height, hints.size());
        for (int i = 0; i < hints.size(); i++) {
            ColourHint hint = hints.get(i);
            drawn.colours[i + 1] = LabColours.chromaOf(hint.getRgb());
            // The radius is told as the width of the stroke.
            double share = hint.getRadius() == 0 ? RADIUS_USUAL : hint.getRadius();
            double radius = Math.max(0.8, share * Math.max(width, height) / 2);
            Point before = hint.getPoints(0);
            for (Point point : hint.getPointsList()) {
                drawn.line(before, point, radius, i + 1);
                before = point;
            }
        }
        return drawn;
    }

    private void line(Point from, Point to, double radius, int stroke) {
        double length = Math.hypot((to.getX() - from.getX()) * width, (to.getY() - from.getY()) * height);
        int steps = (int) Math.ceil(length / Math.max(0.5, radius / 2));
        for (int step = 0; step <= steps; step++) {
            double share = steps == 0 ? 0 : (double) step / steps;
            dot(
                    (from.getX() + share * (to.getX() - from.getX())) * width,
                    (from.getY() + share * (to.getY() - from.getY())) * height,
                    radius,
                    stroke);
        }
    }

    private void dot(double centreX, double centreY, double radius, int stroke) {
        int left = (int) Math.max(0, Math.floor(centreX - radius));
        int right = (int) Math.min(width - 1.0, Math.ceil(centreX + radius));
        int top = (int) Math.max(0, Math.floor(centreY - radius));
        int bottom = (int) Math.min(height - 1.0, Math.ceil(centreY + radius));
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                if (Math.hypot(x + 0.5 - centreX, y + 0.5 - centreY) <= Math.max(radius, 0.8)) {
                    strokes[y * width + x] = stroke;
                }
            }
        }
    }

    /** True if a stroke lies on that point of the grid. */
    boolean marks(int point) {
        return strokes[point] > 0;
    }

    /**
     * The a and b of the stroke that lies more than any other, and mostly, on something: null if none does.
     *
     * @param weights of each point of the grid; what weighs more than a half counts
     * @param area where to look, in pixels of a picture of that width and height
     */
    float @Nullable [] mostOn(float[] weights, Rect area, int pictureWidth, int pictureHeight) {
        int left = area.x() * width / pictureWidth;
        int top = area.y() * height / pictureHeight;
        int right = (area.x() + area.width()) * width / pictureWidth;
        int bottom = (area.y() + area.height()) * height / pictureHeight;
        int[] within = new int[colours.length];
        int[] all = new int[colours.length];
        for (int i = 0; i < strokes.length; i++) {
            int x = i % width;
            int y = i / width;
            all[strokes[i]]++;
            within[strokes[i]] += weights[i] > 0.5 && x >= left && x < right && y >= top && y < bottom ? 1 : 0;
        }
        int most = 0;
        for (int stroke = 1; stroke < colours.length; stroke++) {
            if (2 * within[stroke] > all[stroke] && (most == 0 || within[stroke] > within[most])) {
                most = stroke;
            }
        }
        return most == 0 ? null : colours[most];
    }

    /** The a and b of the stroke there. */
    float[] chroma(int point) {
        return colours[strokes[point]];
    }
}
