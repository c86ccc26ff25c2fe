package dev.rekindle.processing.video;

import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Watermark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The way of pictures from the source to an encoder: timed, scaled, marked. */
final class Filters {
    /** The label of what comes out. */
    static final String OUT = "[out]";

    private Filters() {}

    /**
     * Inputs and filters of an output. The first input is the source.
     *
     * @param from seconds from which on the source is read
     * @param timing a filter that chooses pictures; empty for all
     * @param last what comes after scaling and marking, like the pixel format
     */
    static List<String> of(RunFFmpeg ffmpeg, Source source, double from, String timing, PictureSize size, String last) {
        List<String> options = new ArrayList<>(ffmpeg.input(source, from));
        Path mark = source.folder().resolve("mark-" + size.width() + "x" + size.height() + ".png");
        boolean marked = source.watermark() && Watermark.write(size, mark);
        if (marked) {
            options.addAll(RunFFmpeg.markInput(mark));
        }
        String scaled = "[0:" + source.video().stream() + "]" + (timing.isEmpty() ? "" : timing + ",") + scale(size);
        String overlay = marked ? "[plain];[plain][1:v]overlay=W-w:H-h" : "";
        options.addAll(List.of("-filter_complex", scaled + overlay + "," + last + OUT, "-map", OUT));
        return options;
    }

    private static String scale(PictureSize size) {
        return "scale=" + size.width() + ":" + size.height() + ":flags=bicubic,setsar=1";
    }
}
