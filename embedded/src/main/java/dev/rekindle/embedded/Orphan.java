package dev.rekindle.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that outlived the process that started it, found by its pid file. It is ended only if it surely works on our
 * folder, by its working directory or its command line: a pid may long belong to somebody else.
 */
final class Orphan {
    private static final Logger log = LoggerFactory.getLogger(Orphan.class);
    private static final Duration END_MAX = Duration.ofSeconds(20);

    private Orphan() {}

    /**
     * Ends the server whose pid stands on the first line of the file, if it is alive and works on the folder.
     *
     * @throws IOException if it does not end
     */
    static void end(Path pidFile, Path folder) throws IOException {
        Optional<ProcessHandle> found = find(pidFile, folder.toAbsolutePath().normalize());
        if (found.isEmpty()) {
            return;
        }
        ProcessHandle process = found.get();
        log.info("Ending process {}, left over by a run that was killed", process.pid());
        process.destroy();
        if (!ended(process)) {
            process.destroyForcibly();
            if (!ended(process)) {
                throw new IOException(
                        "Process " + process.pid() + " of an earlier run on " + folder + " does not end.");
            }
        }
    }

    private static Optional<ProcessHandle> find(Path pidFile, Path folder) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        String first = Files.readString(pidFile).lines().findFirst().orElse("").strip();
        if (!first.matches("\\d{1,9}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(first)).filter(process -> worksOn(process, folder));
    }

    /** From /proc where there is one: the JDK shows neither working directories nor long command lines. */
    private static boolean worksOn(ProcessHandle process, Path folder) {
        Path proc = Path.of("/proc", String.valueOf(process.pid()));
        try {
            if (Files.exists(proc)) {
                return Files.readSymbolicLink(proc.resolve("cwd")).equals(folder)
                        || Files.readString(proc.resolve("cmdline"))
                                .replace('\0', ' ')
                                .contains(folder.toString());
            }
        } catch (IOException e) {
            return false; // it has just ended, or is not ours to look at
        }
        return process.info().commandLine().orElse("").contains(folder.toString());
    }

    private static boolean ended(ProcessHandle process) {
        try {
            process.onExit().get(END_MAX.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        } catch (ExecutionException | TimeoutException e) {
            return !process.isAlive();
        }
    }
}
