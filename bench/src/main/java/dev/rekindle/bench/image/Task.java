package dev.rekindle.bench.image;

import java.util.Locale;

/** What is done with each picture, the same by everyone. */
enum Task {
    /** A JPEG of 1280 pixels, quality 85, progressive. */
    RESIZE("jpg"),
    /** JPEGs of 150, 300, 600 and 1280 pixels, quality 85, progressive, from one decode. */
    THUMBNAILS("jpg"),
    /** A WebP of 1280 pixels, quality 80. */
    WEBP("webp"),
    /** An AVIF of 1280 pixels, quality 64. */
    AVIF("avif");

    static final int[] SIDES = {150, 300, 600, 1280};
    static final int SIDE = 1280;

    private final String extension;

    Task(String extension) {
        this.extension = extension;
    }

    /** The file that is compared with the reference. */
    String judged() {
        return SIDE + "." + extension;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
