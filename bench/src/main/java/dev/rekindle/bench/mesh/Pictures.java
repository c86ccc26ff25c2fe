package dev.rekindle.bench.mesh;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Small photos, each different, and files that only look like one. */
final class Pictures {
    private static final int SIDE_MIN = 60;
    private static final int SIDE_MAX = 180;

    private Pictures() {}

    /** A picture with shapes and scratches. */
    static byte[] photo(SplittableRandom random) {
        int width = random.nextInt(SIDE_MIN, SIDE_MAX);
        int height = random.nextInt(SIDE_MIN, SIDE_MAX);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D to = image.createGraphics();
        to.setPaint(new GradientPaint(0, 0, colour(random), width, height, colour(random)));
        to.fillRect(0, 0, width, height);
        for (int i = 0; i < 6; i++) {
            to.setColor(colour(random));
            to.fillOval(random.nextInt(width), random.nextInt(height), width / 4, height / 4);
        }
        to.setColor(Color.WHITE);
        to.setStroke(new BasicStroke(1));
        to.drawLine(random.nextInt(width), 0, random.nextInt(width), height);
        to.dispose();
        return write(image, random.nextInt(4) == 0 ? "png" : "jpg");
    }

    /** The head of a photo without its end: refused when its upload is completed. */
    static byte[] cutOff(SplittableRandom random) {
        byte[] whole = photo(random);
        return Arrays.copyOf(whole, Math.max(700, whole.length / 3));
    }

    /** Bytes that are no picture at all. */
    static byte[] junk(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(1, 4_000)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** True if these bytes are a whole picture of a format the JDK reads; WebP is told by its head only. */
    static boolean decodes(byte[] bytes, String contentType) {
        if (contentType.equals("image/webp")) {
            return bytes.length > 20
                    && new String(bytes, 8, 4, java.nio.charset.StandardCharsets.US_ASCII).equals("WEBP");
        }
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
            return image != null && image.getWidth() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Color colour(SplittableRandom random) {
        return new Color(random.nextInt(0x1000000));
    }

    private static byte[] write(BufferedImage image, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
