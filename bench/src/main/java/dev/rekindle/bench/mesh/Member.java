package dev.rekindle.bench.mesh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One process of the mesh: started, killed, frozen, and started again with the same settings. */
final class Member implements AutoCloseable {
    private static final long KILL_SECONDS = 20;
    private static final long END_SECONDS = 15;

    private final String name;
    private final List<String> command;
    private final Map<String, String> settings;
    private final Path log;
    private @Nullable Process process;
    private boolean frozen;
    private int starts;

    /**
     * A process not started yet.
     *
     * @param main the class to run
     * @param options of its JVM
     * @param settings by dotted key
     * @param log where what it says goes to
     */
    Member(String name, Class<?> main, List<String> options, Map<String, String> settings, Path log) {
        this.name = name;
        this.settings = Map.copyOf(settings);
        this.log = log;
        this.command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "-Djdk.virtualThreadScheduler.parallelism=8",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    }

    String name() {
        return name;
    }

    synchronized void start() throws IOException {
        if (isAlive()) {
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(variable -> variable.startsWith("REKINDLE_"));
        settings.forEach((key, value) ->
                environment.put("REKINDLE_" + key.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        environment.put("OPENCV_LOG_LEVEL", "SILENT");
        environment.put("MALLOC_ARENA_MAX", "2");
        environment.put("OPENBLAS_NUM_THREADS", "1");
        process = builder.start();
        frozen = false;
        starts++;
    }

    synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Its process, which must have been started. */
    synchronized ProcessHandle handle() {
        if (process == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return process.toHandle();
    }

    synchronized boolean isFrozen() {
        return frozen && isAlive();
    }

    /** How often it was started again. */
    synchronized int restarts() {
        return Math.max(0, starts - 1);
    }

    /** SIGKILL; it is gone when this returns. */
    synchronized void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly();
            if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not die");
            }
        }
    }

    /** SIGTERM; it ends when it has put its things in order. */
    synchronized void end() {
        if (process != null) {
            process.destroy();
        }
    }

    /** SIGSTOP. */
    synchronized void freeze() throws IOException, InterruptedException {
        signal("-STOP");
        frozen = true;
    }

    /** SIGCONT. */
    synchronized void thaw() throws IOException, InterruptedException {
        if (frozen) {
            signal("-CONT");
            frozen = false;
        }
    }

    private void signal(String signal) throws IOException, InterruptedException {
        if (process != null && process.isAlive()) {
            new ProcessBuilder("kill", signal, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }

    /** SIGTERM, then SIGKILL for one that does not listen. */
    @Override
    public synchronized void close() throws IOException {
        if (process == null) {
            return;
        }
        try {
            thaw();
            process.destroy();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
