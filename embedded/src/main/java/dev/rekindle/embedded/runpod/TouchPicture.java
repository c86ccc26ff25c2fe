package dev.rekindle.embedded.runpod;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * What the stand-in does to a picture in place of a model: more contrast, and a warm tint that nobody takes for
 * restoration.
 */
final class TouchPicture {
    private static final Duration FETCH_MAX = Duration.ofSeconds(20);
    private static final double CONTRAST = 1.15;
    private static final double RED = 1.1;
    private static final double BLUE = 0.8;

    private final HttpClient client = HttpClient.newHttpClient();

    /** The PNG of the picture an input names or holds, touched; several are put side by side before. */
    byte[] touch(JsonObject input, boolean otherShape) throws IOException, InterruptedException {
        List<BufferedImage> pictures = new ArrayList<>();
        for (String source : sources(input)) {
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(bytes(source)));
            if (picture == null) {
                throw new IOException("the input is no picture");
            }
            pictures.add(picture);
        }
        BufferedImage picture = pictures.size() == 1 ? pictures.getFirst() : sideBySide(pictures);
        if (input.has("size")) {
            picture = resized(picture, input.get("size").getAsString());
        }
        int width = otherShape ? Math.max(1, picture.getWidth() / 3) : picture.getWidth();
        BufferedImage touched = new BufferedImage(width, picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < width; x++) {
                Color colour = new Color(picture.getRGB(x, y));
                touched.setRGB(
                        x,
                        y,
                        level(colour.getRed(), RED) << 16
                                | level(colour.getGreen(), 1) << 8
                                | level(colour.getBlue(), BLUE));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(touched, "png", out);
        return out.toByteArray();
    }

    /** As large as asked for: {@code 1280*720}. */
    private static BufferedImage resized(BufferedImage picture, String size) throws IOException {
        if (!size.matches("[1-9][0-9]{1,3}\\*[1-9][0-9]{1,3}")) {
            throw new IOException("size is " + size + "; expected width*height");
        }
        int times = size.indexOf('*');
        int width = Integer.parseInt(size.substring(0, times));
        int height = Integer.parseInt(size.substring(times + 1));
        BufferedImage resized = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = resized.createGraphics();
        graphics.drawImage(picture, 0, 0, width, height, null);
        graphics.dispose();
        return resized;
    }

    /** All as high as the lowest. */
    private static BufferedImage sideBySide(List<BufferedImage> pictures) {
        int height = pictures.stream().mapToInt(BufferedImage::getHeight).min().orElseThrow();
        int width = pictures.stream()
                .mapToInt(picture -> picture.getWidth() * height / picture.getHeight())
                .sum();
        BufferedImage all = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = all.createGraphics();
        int left = 0;
        for (BufferedImage picture : pictures) {
            int own = picture.getWidth() * height / picture.getHeight();
            graphics.drawImage(picture, left, 0, own, height, null);
            left += own;
        }
        graphics.dispose();
        return all;
    }

    private static int level(int value, double tint) {
        return (int) Math.clamp(((value - 128) * CONTRAST + 128) * tint, 0.0, 255.0);
    }

    /** The pictures of an input, each in any of the three shapes: an address, a data URI or base64. */
    private static List<String> sources(JsonObject input) throws IOException {
        if (input.has("image")) {
            return List.of(input.get("image").getAsString());
        }
        if (!input.has("images") || input.getAsJsonArray("images").isEmpty()) {
            throw new IOException("the input has no picture");
        }
        List<String> sources = new ArrayList<>();
        for (JsonElement one : input.getAsJsonArray("images")) {
            sources.add(one.isJsonObject() ? one.getAsJsonObject().get("image").getAsString() : one.getAsString());
        }
        return sources;
    }

    private byte[] bytes(String source) throws IOException, InterruptedException {
        if (!source.startsWith("http")) {
            return Base64.getDecoder().decode(source.substring(source.indexOf(',') + 1));
        }
        HttpResponse<byte[]> response = client.send(
                HttpRequest.newBuilder(URI.create(source)).timeout(FETCH_MAX).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("the input's address answers " + response.statusCode());
        }
        return response.body();
    }
}
