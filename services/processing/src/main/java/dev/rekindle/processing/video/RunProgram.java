package dev.rekindle.processing.video;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Runs one program to its end, on the calling thread, which must be a platform thread: the process dies with it. When the
 * work is to stop, the process and all it started are killed at once.
 */
final class RunProgram {
    private static final int ERRORS_CHARS_MAX = 16_000;
    private static final int LINE_CHARS_MAX = 64_000;

    private RunProgram() {}

    /**
     * How a program ended.
     *
     * @param exit its code; 128 and more where a signal ended it
     * @param errors the end of what it said of errors
     */
    record Ended(int exit, String errors) {}

    /**
     * Runs it.
     *
     * @param folder where it works, and the only place it is told of
     * @param lines hears each line it writes
     * @throws Stop.Stopped if it was killed because the work is to end
     */
    static Ended run(List<String> command, Path folder, Consumer<String> lines, Stop stop) {
        stop.check();
        Process process = start(command, folder);
        CompletableFuture<String> errors = new CompletableFuture<>();
        Thread.ofVirtual().name("errors of " + process.pid()).start(() -> errors.complete(tail(process.errorReader())));
        try (Stop.Registration _ = stop.onStop(() -> kill(process))) {
            read(process.getInputStream(), lines);
            int exit = process.waitFor();
            stop.check();
            return new Ended(exit, errors.get());
        } catch (IOException e) {
            stop.check();
            throw Failure.internal("Cannot read what " + command.getFirst() + " says", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop.request(Stop.Cause.SHUTDOWN);
            stop.check();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            kill(process);
        }
    }

    private static Process start(List<String> command, Path folder) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectInput(new File("/dev/null"));
        Map<String, String> environment = builder.environment();
        environment.clear(); // a decoder of strangers' files needs none of the worker's secrets
        environment.putAll(Map.of("PATH", "/usr/bin:/bin", "HOME", folder.toString(), "LC_ALL", "C.UTF-8"));
        try {
            return builder.start();
        } catch (IOException e) {
            throw Failure.internal("Cannot start " + command.getFirst(), e);
        }
    }

    private static void kill(Process process) {
        List<ProcessHandle> started = new ArrayList<>(process.descendants().toList());
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private static void read(InputStream out, Consumer<String> lines) throws IOException {
        StringBuilder line = new StringBuilder();
        char[] piece = new char[8_192];
        try (Reader reader = new InputStreamReader(out, StandardCharsets.UTF_8)) {
            for (int count = reader.read(piece); count >= 0; count = reader.read(piece)) {
                for (int i = 0; i < count; i++) {
                    if (piece[i] == '\n') {
                        lines.accept(line.toString());
                        line.setLength(0);
                    } else if (line.length() < LINE_CHARS_MAX) {
                        line.append(piece[i]);
                    } else {
                        throw Failure.of(
                                Reason.REASON_CORRUPT_MEDIA,
                                "The video says more than " + LINE_CHARS_MAX + " letters of itself in one place.");
                    }
                }
            }
        }
        if (!line.isEmpty()) {
            lines.accept(line.toString());
        }
    }

    private static String tail(BufferedReader errors) {
        StringBuilder tail = new StringBuilder();
        char[] piece = new char[4_096];
        try (errors) {
            for (int count = errors.read(piece); count >= 0; count = errors.read(piece)) {
                tail.append(piece, 0, count);
                if (tail.length() > ERRORS_CHARS_MAX) {
                    tail.delete(0, tail.length() - ERRORS_CHARS_MAX);
                }
            }
        } catch (IOException e) {
            tail.append('\n').append(e.getMessage());
        }
        return tail.toString().strip();
    }
}
