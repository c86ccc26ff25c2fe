package dev.rekindle.processing.engine.onnx;

/**
 * Numbers of an area, plane by plane, each row by row.
 *
 * @param values channels × height × width
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; copies would cost more than they protect.
record Planes(int channels, int height, int width, float[] values) {
    Planes(int channels, int height, int width) {
        this(channels, height, width, new float[channels * height * width]);
    }

    int area() {
        return height * width;
    }
}
