package dev.rekindle.processing.engine.onnx;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an operator says of a model: docs/models.md describes each field.
 *
 * @param file the model's name in the folder of its manifest
 * @param sha256 of the file, lower-case hexadecimal
 * @param licence under which the operator has it
 * @param tile how large pictures are cut; null: the whole picture at once
 */
record Manifest(
        String id,
        Task task,
        String file,
        String sha256,
        String licence,
        Input input,
        Output output,
        Size size,
        @Nullable Tile tile,
        Limits limits) {

    /** What a model does. */
    enum Task {
        RESTORATION,
        COLOURIZATION,
        UPSCALING,
        DAMAGE_MASK
    }

    /** The order of a tensor's sides. */
    enum Layout {
        NCHW,
        NHWC
    }

    /** A tensor's numbers. */
    enum NumberType {
        FLOAT32,
        FLOAT16
    }

    /** What a model is shown. */
    enum Shown {
        RGB("RGB", 3),
        BGR("BGR", 3),
        /** Brightness: L of CIE Lab for colourization, grey for all else. */
        L("L", 1),
        /** The picture, and 1 where it is damaged. */
        RGB_MASK("RGB+mask", 4);

        private final String words;
        private final int channels;

        Shown(String words, int channels) {
            this.words = words;
            this.channels = channels;
        }

        int channels() {
            return channels;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** What a model answers. */
    enum Answered {
        RGB("RGB"),
        BGR("BGR"),
        /** The two chroma planes of CIE Lab. */
        AB("ab"),
        /** How surely a pixel is damaged. */
        MASK("mask"),
        /** What is to be added to the picture. */
        RESIDUAL("residual");

        private final String words;

        Answered(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * Two numbers that stand for the least and the most of something.
     *
     * @param least may be larger than most: then the numbers run backwards
     */
    record Range(double least, double most) {
        /** The number that stands for a fraction of the way. */
        double of(double fraction) {
            return least + fraction * (most - least);
        }

        /** The fraction of the way that a number stands for. */
        double fractionOf(double number) {
            return (number - least) / (most - least);
        }
    }

    /**
     * What goes in.
     *
     * @param range numbers for black and white
     * @param mean subtracted from each channel after that; empty: nothing is
     * @param deviation each channel is divided by, after that; empty: by nothing
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared; a model has one for its life.
    record Input(
            String name,
            Layout layout,
            Shown channels,
            NumberType type,
            Range range,
            double[] mean,
            double[] deviation) {}

    /**
     * What comes out.
     *
     * @param range numbers for black and white; for ab those for -128 and 128, for a mask those for whole and damaged, for
     *     a residual those for -255 and 255
     * @param scale how many times larger than what went in
     * @param threshold from which a mask's pixel counts as damaged
     */
    record Output(String name, Layout layout, Answered channels, Range range, int scale, double threshold) {
        int planes(Shown shown) {
            return switch (channels) {
                case RGB, BGR -> 3;
                case AB -> 2;
                case MASK -> 1;
                case RESIDUAL -> shown == Shown.L ? 1 : 3;
            };
        }
    }

    /**
     * The sizes a model takes.
     *
     * @param width the only one it takes; 0: any multiple of {@code multipleOf}
     * @param height the same
     */
    record Size(int width, int height, int multipleOf) {
        boolean isFixed() {
            return width > 0;
        }
    }

    /**
     * How large pictures are cut.
     *
     * @param size side of the square a model is shown
     * @param halo at inner borders so many pixels are thrown away, because the model does not see beyond them
     * @param blend over so many pixels two neighbours are faded into each other
     */
    record Tile(int size, int halo, int blend) {}

    /**
     * What a model may take.
     *
     * @param threads for one tile
     * @param pixelsMax of a picture
     * @param memoryBytes of the worker, for as long as it runs
     * @param timeout for one picture
     */
    record Limits(int threads, long pixelsMax, long memoryBytes, Duration timeout) {}

    /** As it stands in a manifest. */
    static String words(Enum<?> value) {
        return switch (value) {
            case Shown shown -> shown.toString();
            case Answered answered -> answered.toString();
            case Layout layout -> layout.name();
            case Enum<?> other -> other.name().toLowerCase(Locale.ROOT);
        };
    }
}
