package dev.rekindle.processing.video;

import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs ffmpeg: what all its command lines have in common, and its progress. */
final class RunFFmpeg {
    private static final String TIME = "out_time_us=";

    private final FFmpegPrograms programs;
    private final VideoConfig config;

    RunFFmpeg(FFmpegPrograms programs, VideoConfig config) {
        this.programs = programs;
        this.config = config;
    }

    int threads() {
        return config.threads();
    }

    /** Options that make the source an input, from a time on; no other file and no address is read. */
    List<String> input(Source source, double fromSeconds) {
        List<String> options = new ArrayList<>(List.of(
                "-protocol_whitelist",
                "file",
                "-f",
                source.video().demuxer(),
                "-max_pixels",
                String.valueOf(config.pixelsMax()),
                "-threads",
                String.valueOf(config.threads())));
        if (fromSeconds > 0) {
            options.addAll(List.of("-ss", seconds(fromSeconds)));
        }
        options.addAll(List.of("-i", "file:" + source.file().toAbsolutePath()));
        return options;
    }

    /** Options that make a mark an input, shown for as long as there are pictures. */
    static List<String> markInput(Path mark) {
        return List.of("-protocol_whitelist", "file", "-f", "png_pipe", "-i", "file:" + mark.toAbsolutePath());
    }

    /**
     * Runs it.
     *
     * @param options inputs and outputs
     * @param lasts seconds of what it writes, for its progress
     */
    void run(Path folder, List<String> options, double lasts, Progress progress, Stop stop) {
        String ignored = run("error", folder, options, lasts, progress, stop);
    }

    /** Runs it; answers what it said beside. */
    String run(String talks, Path folder, List<String> options, double lasts, Progress progress, Stop stop) {
        FFmpegPrograms.Found found = programs.find();
        List<String> command = new ArrayList<>(found.guard());
        command.addAll(List.of(found.ffmpeg(), "-hide_banner", "-nostdin", "-nostats", "-y", "-v", talks));
        command.addAll(List.of("-progress", "pipe:1", "-stats_period", "0.3"));
        command.addAll(List.of("-filter_complex_threads", String.valueOf(config.threads())));
        command.addAll(options);
        RunProgram.Ended ended = RunProgram.run(command, folder, line -> heard(line, lasts, progress), stop);
        if (ended.exit() != 0) {
            throw ProgramFailures.of("ffmpeg", ended);
        }
        return ended.errors();
    }

    /** Lines like {@code out_time_us=1500000}; the first have no number yet. */
    static void heard(String line, double lasts, Progress progress) {
        if (line.startsWith(TIME)) {
            double seconds = Fields.parse(line.substring(TIME.length())) / 1e6;
            if (seconds > 0 && lasts > 0) {
                progress.at(seconds / lasts);
            }
        }
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.6f", seconds);
    }
}
