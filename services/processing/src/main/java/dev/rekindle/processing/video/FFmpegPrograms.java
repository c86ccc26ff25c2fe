package dev.rekindle.processing.video;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.ffmpeg.ffprobe;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs ffmpeg and ffprobe: those that come along, or, where the libraries of a desktop are missing that they want,
 * those on the PATH. They are looked for when first needed, because unpacking takes seconds.
 */
final class FFmpegPrograms {
    private static final Logger log = LoggerFactory.getLogger(FFmpegPrograms.class);
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
    private static final long START_SECONDS_MAX = 30;

    private final VideoConfig config;
    private @Nullable Found found;

    /**
     * Programs that start on this machine.
     *
     * @param guard what stands before them: bounds, the end of the process with the thread that started it, libraries
     */
    record Found(String ffmpeg, String ffprobe, List<String> guard) {}

    FFmpegPrograms(VideoConfig config) {
        this.config = config;
    }

    /**
     * The programs.
     *
     * @throws Failure UNIMPLEMENTED naming what is missing on this machine
     */
    synchronized Found find() {
        Found known = found;
        if (known == null) {
            known = look();
            found = known;
        }
        return known;
    }

    private Found look() {
        List<String> problems = new ArrayList<>();
        try {
            String own = Loader.load(ffmpeg.class);
            String probe = Loader.load(ffprobe.class);
            // Their libraries lie beside them, and some of those find each other by this only.
            List<String> beside =
                    List.of("/usr/bin/env", "LD_LIBRARY_PATH=" + Path.of(own).getParent());
            if (starts(join(beside, own, "-version"), problems) && starts(join(beside, probe, "-version"), problems)) {
                return new Found(own, probe, join(guard(), beside.toArray(String[]::new)));
            }
        } catch (LinkageError | RuntimeException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        String other = onPath("ffmpeg");
        String otherProbe = onPath("ffprobe");
        if (other != null && otherProbe != null && starts(List.of(other, "-version"), problems)) {
            log.warn("FFmpeg's own programs do not start ({}); {} is used", problems, other);
            return new Found(other, otherProbe, guard());
        }
        throw Failure.of(
                        Reason.REASON_UNIMPLEMENTED,
                        "Videos cannot be processed on this server: FFmpeg does not start. Its operator installs libxcb1, "
                                + "libxcb-shm0, libasound2 and libpulse0, or an ffmpeg on the PATH.")
                .withDetail(String.join("; ", problems), null);
    }

    /** Bounds of the system, and an end with the worker: a coder that outlives it would work for nobody. */
    private List<String> guard() {
        List<String> guard = new ArrayList<>();
        List<String> withParent = List.of(SETPRIV.toString(), "--pdeathsig", "KILL");
        if (Files.isExecutable(SETPRIV) && starts(join(withParent, "/bin/true"), new ArrayList<>())) {
            guard.addAll(withParent);
        }
        if (Files.isExecutable(PRLIMIT)) {
            guard.addAll(List.of(
                    PRLIMIT.toString(),
                    "--core=0",
                    "--nofile=256",
                    "--as=" + config.addressBytesMax(),
                    "--fsize=" + Math.max(1L << 30, 8 * config.bytesMax()),
                    "--cpu=" + config.cpuMax().toSeconds()));
        }
        return List.copyOf(guard);
    }

    private static List<String> join(List<String> first, String... then) {
        return Stream.concat(first.stream(), Stream.of(then)).toList();
    }

    private static boolean starts(List<String> command, List<String> problems) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
            String said = new String(process.getInputStream().readNBytes(2_000), StandardCharsets.UTF_8);
            if (!process.waitFor(START_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                problems.add(command.getFirst() + " does not end");
                return false;
            }
            if (process.exitValue() != 0) {
                problems.add(said.strip());
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            problems.add(String.valueOf(e.getMessage()));
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static @Nullable String onPath(String name) {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(null);
    }
}
