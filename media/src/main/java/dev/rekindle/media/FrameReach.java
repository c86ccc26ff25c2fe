package dev.rekindle.media;

/**
 * How far frames of a GIF reach, some of them beyond the picture, where they are cut off: the size of the smallest screen
 * that would show them whole. No side is shorter than the picture's.
 *
 * @param width pixels
 * @param height pixels
 */
public record FrameReach(int width, int height) {}
