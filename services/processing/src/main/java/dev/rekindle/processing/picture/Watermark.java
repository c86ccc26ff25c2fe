package dev.rekindle.processing.picture;

import dev.rekindle.platform.rpc.Failure;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Arc2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/**
 * The mark on pictures of the free tier: a flame and the name, small, lower right, light with a dark rim so that it reads
 * on any ground. Its letters are drawn from strokes, because a server need not have fonts.
 */
public final class Watermark {
    private static final double HEIGHT_SHARE = 0.035;
    private static final double HEIGHT_PX_MIN = 9;
    private static final double MARGIN = 0.9;
    private static final double FLAME_WIDTH = 0.85;
    private static final double STROKE = 0.105;
    private static final Color RIM = new Color(0, 0, 0, 110);
    private static final Color LIGHT = new Color(255, 255, 255, 205);

    private Watermark() {}

    /** What a mark takes of the lower right corner. */
    private record Area(double letterHeight, int width, int height) {
        static Area of(PictureSize size) {
            double wide = FLAME_WIDTH + letters().getBounds2D().getMaxX();
            double high = Math.max(HEIGHT_PX_MIN, HEIGHT_SHARE * Math.min(size.width(), size.height()));
            return new Area(
                    high, (int) Math.ceil(high * (wide + 2 * MARGIN)), (int) Math.ceil(high * (1 + 2 * MARGIN)));
        }

        boolean fitsIn(PictureSize size) {
            return width <= size.width() && height <= size.height();
        }
    }

    /**
     * Writes the mark for pictures of that size as a PNG that is laid into their lower right corner.
     *
     * @return false, and nothing is written, if they are too small to carry it
     */
    public static boolean write(PictureSize size, Path png) {
        Area area = Area.of(size);
        if (!area.fitsIn(size)) {
            return false;
        }
        BufferedImage image = new BufferedImage(area.width(), area.height(), BufferedImage.TYPE_INT_ARGB);
        draw(image, letters(), area.letterHeight());
        try {
            if (!ImageIO.write(image, "png", png.toFile())) {
                throw new IOException("the JDK writes no PNG");
            }
        } catch (IOException e) {
            throw Failure.internal("Cannot write " + png, e);
        }
        return true;
    }

    /** Marks in place. A picture too small to carry it stays as it is. */
    public static void apply(Picture picture) {
        Path2D letters = letters();
        PictureSize size = PictureSize.of(picture);
        Area mark = Area.of(size);
        if (!mark.fitsIn(size)) {
            return;
        }
        double height = mark.letterHeight();
        try (Rect spot = new Rect(
                        size.width() - mark.width(), size.height() - mark.height(), mark.width(), mark.height());
                Mat area = new Mat(picture.mat(), spot);
                Picture part = Picture.of(area.clone())) {
            BufferedImage image = Buffered.of(part);
            draw(image, letters, height);
            try (Picture marked = Buffered.toPicture(image)) {
                marked.mat().copyTo(area);
            }
        }
    }

    private static void draw(BufferedImage image, Path2D letters, double height) {
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        // Letters stand on their baseline, so up is positive.
        graphics.transform(new AffineTransform(height, 0, 0, -height, height * MARGIN, height * (1 + MARGIN)));
        Path2D flame = flame();
        graphics.setColor(RIM);
        graphics.setStroke(new BasicStroke((float) (2.4 * STROKE), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        Path2D name = new Path2D.Double(letters, AffineTransform.getTranslateInstance(FLAME_WIDTH, 0));
        Path2D all = new Path2D.Double(name);
        graphics.draw(all);
        graphics.setStroke(new BasicStroke((float) (1.4 * STROKE), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(flame);
        graphics.setColor(LIGHT);
        graphics.fill(flame);
        graphics.setStroke(new BasicStroke((float) STROKE, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(name);
        graphics.dispose();
    }

    private static Path2D flame() {
        Path2D flame = new Path2D.Double(Path2D.WIND_EVEN_ODD);
        flame.moveTo(0.30, 1.08);
        flame.curveTo(0.36, 0.72, 0.62, 0.62, 0.60, 0.30);
        flame.curveTo(0.58, 0.08, 0.44, 0, 0.30, 0);
        flame.curveTo(0.14, 0, 0.02, 0.10, 0.02, 0.30);
        flame.curveTo(0.02, 0.52, 0.18, 0.58, 0.20, 0.80);
        flame.curveTo(0.28, 0.78, 0.30, 0.95, 0.30, 1.08);
        flame.closePath();
        flame.moveTo(0.31, 0.42);
        flame.curveTo(0.36, 0.30, 0.44, 0.26, 0.42, 0.16);
        flame.curveTo(0.40, 0.08, 0.24, 0.08, 0.21, 0.16);
        flame.curveTo(0.18, 0.26, 0.30, 0.28, 0.31, 0.42);
        flame.closePath();
        return flame;
    }

    /** The name, one stroke wide, capitals one unit high. */
    private static Path2D letters() {
        Path2D name = new Path2D.Double();
        double at = 0;
        line(name, at, 0, 1);
        name.moveTo(at, 1);
        name.lineTo(at + 0.26, 1);
        name.append(arc(at + 0.26, 0.75, 0.25, 0.25, 90, -180), true);
        name.lineTo(at, 0.5);
        name.moveTo(at + 0.24, 0.5);
        name.lineTo(at + 0.52, 0);
        at = letterE(name, at + 0.74);
        line(name, at, 0, 1);
        name.moveTo(at + 0.42, 0.6);
        name.lineTo(at, 0.22);
        name.moveTo(at + 0.15, 0.35);
        name.lineTo(at + 0.45, 0);
        at += 0.66;
        line(name, at, 0, 0.6);
        line(name, at, 0.86, 0.861);
        at += 0.27;
        line(name, at, 0, 0.6);
        name.append(arc(at + 0.22, 0.36, 0.22, 0.25, 180, -180), false);
        name.lineTo(at + 0.44, 0);
        at += 0.70;
        name.append(arc(at + 0.27, 0.3, 0.27, 0.3, 0, 360), false);
        line(name, at + 0.54, 0, 1);
        at += 0.80;
        line(name, at, 0, 1);
        letterE(name, at + 0.22);
        return name;
    }

    private static double letterE(Path2D name, double at) {
        name.moveTo(at + 0.02, 0.32);
        name.lineTo(at + 0.54, 0.32);
        name.append(arc(at + 0.28, 0.3, 0.27, 0.3, 4, 305), true);
        return at + 0.76;
    }

    private static void line(Path2D name, double x, double from, double to) {
        name.moveTo(x, from);
        name.lineTo(x, to);
    }

    /** An arc in degrees anticlockwise, as seen with up positive. */
    private static Arc2D arc(double x, double y, double radiusX, double radiusY, double start, double extent) {
        return new Arc2D.Double(x - radiusX, y - radiusY, 2 * radiusX, 2 * radiusY, -start, -extent, Arc2D.OPEN);
    }
}
