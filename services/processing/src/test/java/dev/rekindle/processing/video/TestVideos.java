package dev.rekindle.processing.video;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Small videos, drawn by FFmpeg itself, and what ffprobe says of others. */
public final class TestVideos {
    private static final VideoConfig CONFIG = VideoConfig.from(Settings.of(Map.of()));
    private static final FFmpegPrograms PROGRAMS = new FFmpegPrograms(CONFIG);
    static final Videos VIDEOS = new Videos(CONFIG);

    private TestVideos() {}

    static VideoConfig config() {
        return CONFIG;
    }

    static FFmpegPrograms programs() {
        return PROGRAMS;
    }

    private static String run(String program, String... options) {
        List<String> command = new ArrayList<>(PROGRAMS.find().guard());
        command.addAll(List.of(program, "-hide_banner"));
        command.addAll(List.of(options));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new java.io.File("/dev/null"))
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(command + ": " + said);
            }
            return said;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs ffmpeg; answers all it said. */
    public static String ffmpeg(String... options) {
        return run(PROGRAMS.find().ffmpeg(), options);
    }

    /** Asks ffprobe for fields of a stream, one a line. */
    public static List<String> ffprobe(Path file, String stream, String entries) {
        return run(
                        PROGRAMS.find().ffprobe(),
                        "-v",
                        "error",
                        "-select_streams",
                        stream,
                        "-show_entries",
                        entries,
                        "-of",
                        "csv=p=0",
                        file.toString())
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** A moving picture with a tone, coded as these options say; keyframes every half second. */
    static Path make(Path out, String size, double seconds, String... options) {
        List<String> command = new ArrayList<>(List.of("-v", "error", "-y"));
        command.addAll(List.of("-f", "lavfi", "-i", "testsrc2=size=" + size + ":rate=20:duration=" + seconds));
        command.addAll(List.of("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=" + seconds));
        command.addAll(List.of("-g", "10", "-pix_fmt", "yuv420p"));
        command.addAll(List.of(options));
        command.add(out.toString());
        String ignored = ffmpeg(command.toArray(String[]::new));
        return out;
    }

    /** An MP4 as phones write it: a place in its tags, its index at the end. */
    public static Path mp4(Path out, String size, double seconds) {
        return make(
                out,
                size,
                seconds,
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-c:a",
                "aac",
                "-metadata",
                "comment=+52.5200+013.4050/");
    }

    /** The bytes of {@link #mp4}. */
    public static byte[] mp4Bytes(Path folder, String size, double seconds) {
        try {
            return Files.readAllBytes(mp4(folder.resolve("made-" + size + "-" + seconds + ".mp4"), size, seconds));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What is made of that file, in the folder it lies in. */
    static Source source(Path file, MediaType type) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new AssertionError(file);
        }
        return new Source(file, folder, VIDEOS.probe(file, type, new Stop()), Resolution.RESOLUTION_ORIGINAL, false);
    }
}
