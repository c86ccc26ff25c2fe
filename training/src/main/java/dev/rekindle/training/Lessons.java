package dev.rekindle.training;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Makes examples: a crop of a photo, aged and damaged by chance, and where the damage is. */
final class Lessons {
    static final int SIDE = 96;

    /** Inputs scaled to -1..1, marks and weights, each count × side × side. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; copies would cost more than they protect.
    record Batch(int count, float[] inputs, float[] marks, float[] weights) {}

    /** How photos are damaged. */
    enum Recipe {
        /** In every way but cracks, then softened and through JPEG by chance; some not at all. */
        ALL,
        /** The same with cracks. */
        CRACKED,
        /** By scratches, dust and flecks, and not softened. */
        PLAIN
    }

    private final List<Grey> photos;
    private final Recipe recipe;
    private final RandomGenerator random;

    Lessons(List<Grey> photos, Recipe recipe, RandomGenerator random) {
        this.photos = photos;
        this.recipe = recipe;
        this.random = random;
    }

    Batch batch(int count) {
        int area = SIDE * SIDE;
        Batch batch = new Batch(count, new float[count * area], new float[count * area], new float[count * area]);
        for (int i = 0; i < count; i++) {
            Grey crop = photos.get(random.nextInt(photos.size())).crop(SIDE, random);
            fade(crop);
            boolean noiseFirst = random.nextBoolean();
            double noise = random.nextInt(4) == 0 ? 0 : 14 * Math.pow(random.nextDouble(), 1.5);
            if (noiseFirst) {
                crop = noisy(crop, noise, random);
            }
            Damage damage = new Damage(crop, noise, random);
            switch (recipe) {
                case ALL -> damage.drawSome(false);
                case CRACKED -> damage.drawSome(true);
                case PLAIN -> damage.drawPlain();
            }
            Grey noisy = noiseFirst ? crop : noisy(crop, noise, random);
            Grey aged = switch (recipe) {
                case ALL, CRACKED -> aged(noisy);
                case PLAIN -> noisy;
            };
            for (int at = 0; at < area; at++) {
                batch.inputs()[i * area + at] = aged.pixels()[at] / 127.5f - 1;
            }
            System.arraycopy(damage.marks(), 0, batch.marks(), i * area, area);
            System.arraycopy(damage.weights(), 0, batch.weights(), i * area, area);
        }
        return batch;
    }

    private Grey aged(Grey picture) {
        Grey aged = picture;
        // Once by a lens or a scanner; twice where the print was taken at an angle and drawn straight again.
        for (int softened = 0; softened < 2 && random.nextInt(4) == 0; softened++) {
            aged = aged.softened((float) (0.6 * random.nextDouble()));
        }
        return random.nextInt(3) == 0 ? throughJpeg(aged, (float) (0.45 + 0.5 * random.nextDouble())) : aged;
    }

    private void fade(Grey picture) {
        double black = random.nextBoolean() ? 0 : 80 * random.nextDouble();
        double white = random.nextBoolean() ? 255 : 150 + 105 * random.nextDouble();
        double gamma = Math.exp(0.25 * random.nextGaussian());
        float[] pixels = picture.pixels();
        for (int at = 0; at < pixels.length; at++) {
            pixels[at] = (float) (black + (white - black) * Math.pow(pixels[at] / 255, gamma));
        }
    }

    /** With grain of that many levels, in place. */
    static Grey noisy(Grey picture, double deviation, RandomGenerator random) {
        if (deviation == 0) {
            return picture;
        }
        Grey noise = Grey.blank(picture.width(), picture.height());
        for (int at = 0; at < noise.pixels().length; at++) {
            noise.pixels()[at] = (float) (deviation * random.nextGaussian());
        }
        // Film grain is coarser than a pixel.
        Grey grain = random.nextBoolean() ? noise : noise.softened(0.5f);
        for (int at = 0; at < noise.pixels().length; at++) {
            picture.pixels()[at] = Math.clamp(picture.pixels()[at] + grain.pixels()[at], 0, 255);
        }
        return picture;
    }

    /** Written as a JPEG of a quality from 0 to 1, and read again. */
    static Grey throughJpeg(Grey picture, float quality) {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                image.getRaster().setSample(x, y, 0, Math.round(picture.pixels()[y * picture.width() + x]));
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            writer.setOutput(ImageIO.createImageOutputStream(out));
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(quality);
            writer.write(null, new IIOImage(image, null, null), param);
            ((javax.imageio.stream.ImageOutputStream) writer.getOutput()).flush();
            BufferedImage read = Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(out.toByteArray())));
            Grey back = Grey.blank(picture.width(), picture.height());
            read.getRaster().getSamples(0, 0, picture.width(), picture.height(), 0, back.pixels());
            return back;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
    }
}
