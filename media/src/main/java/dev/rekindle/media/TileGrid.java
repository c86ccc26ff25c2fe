package dev.rekindle.media;

/**
 * A picture stored as a grid of equal tiles, as phones store HEIC.
 *
 * @param width pixels of the whole picture before turning; the last tiles may reach beyond it
 */
public record TileGrid(int columns, int rows, int width, int height) {

    public int tiles() {
        return columns * rows;
    }
}
