package dev.rekindle.processing.video;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loudness after EBU R 128: measured over the whole sound first, then moved as one, so that quiet stays quiet. */
final class Loudness {
    /** -23 LUFS, peaks 2 dB below full scale; a wide range, so that the sound is moved and not pressed. */
    private static final String TARGET = "loudnorm=I=-23:TP=-2:LRA=50";

    private Loudness() {}

    /** The filter that brings a track to -23 LUFS; empty for silence, which has no loudness. */
    static Optional<String> filter(RunFFmpeg ffmpeg, Source source, int stream, Progress progress, Stop stop) {
        List<String> options = new ArrayList<>(ffmpeg.input(source, 0));
        options.addAll(List.of("-map", "0:" + stream, "-af", TARGET + ":print_format=json", "-f", "null", "-"));
        String said =
                ffmpeg.run("info", source.folder(), options, source.video().seconds(), progress, stop);
        JsonObject measured = measured(said);
        if (!Double.isFinite(Fields.parse(Fields.text(measured, "input_i")))) {
            return Optional.empty();
        }
        return Optional.of(TARGET + ":linear=true"
                + ":measured_I=" + value(measured, "input_i")
                + ":measured_TP=" + value(measured, "input_tp")
                + ":measured_LRA=" + value(measured, "input_lra")
                + ":measured_thresh=" + value(measured, "input_thresh")
                + ":offset=" + value(measured, "target_offset"));
    }

    private static JsonObject measured(String said) {
        int begin = said.lastIndexOf('{');
        int end = said.lastIndexOf('}');
        try {
            return JsonParser.parseString(said.substring(begin, end + 1)).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException | IndexOutOfBoundsException e) {
            throw Failure.internal("loudnorm says no JSON: " + said, e);
        }
    }

    private static double value(JsonObject measured, String name) {
        return Fields.number(measured, name);
    }
}
