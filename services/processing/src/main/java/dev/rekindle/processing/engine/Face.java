package dev.rekindle.processing.engine;

/**
 * A face in a picture, as the square around it in pixels.
 *
 * @param sure true where the finder is confident enough to act on it, not only to be careful around it
 */
public record Face(int x, int y, int size, boolean sure) {

    /** The same face in the picture made smaller or larger. */
    Face scaled(double factor) {
        return new Face((int) (x * factor), (int) (y * factor), (int) (size * factor), sure);
    }

    /** The same face in a piece of the picture that begins there. */
    Face from(int left, int top) {
        return new Face(x - left, y - top, size, sure);
    }

    boolean contains(int pointX, int pointY) {
        return pointX >= x && pointX < x + size && pointY >= y && pointY < y + size;
    }

    boolean overlaps(Face other) {
        int width = Math.min(x + size, other.x + other.size) - Math.max(x, other.x);
        int height = Math.min(y + size, other.y + other.size) - Math.max(y, other.y);
        return width > 0
                && height > 0
                && 2L * width * height > (long) Math.min(size, other.size) * Math.min(size, other.size);
    }
}
