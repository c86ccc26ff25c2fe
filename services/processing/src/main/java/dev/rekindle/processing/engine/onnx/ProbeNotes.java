package dev.rekindle.processing.engine.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Notes that a model is being tried. A model that ends the whole process in native code would end each worker anew that
 * is started in place of the last; the notes of the dead tell the next one to leave it alone.
 */
final class ProbeNotes {
    private static final int DEATHS_MAX = 2;

    private final Path folder;

    ProbeNotes(Path folder) {
        this.folder = folder;
    }

    /** Says that a model has been tried to the end, well or not. */
    interface Note extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Notes that this process begins.
     *
     * @throws ModelProblem if processes died while they tried that very file
     */
    Note begin(String sha256) {
        try {
            Files.createDirectories(folder);
            List<Path> dead = dead(sha256);
            if (dead.size() >= DEATHS_MAX) {
                throw new ModelProblem(dead.size() + " workers died while they tried this model. To try again delete "
                        + name(sha256) + "* in " + folder + ".");
            }
            Path own = folder.resolve(name(sha256) + ProcessHandle.current().pid());
            Files.writeString(own, "");
            return () -> {
                try {
                    Files.deleteIfExists(own);
                    for (Path file : dead) {
                        Files.deleteIfExists(file);
                    }
                } catch (IOException e) {
                    throw new ModelProblem("Its note in " + folder + " cannot be deleted: " + e.getMessage(), e);
                }
            };
        } catch (IOException e) {
            throw new ModelProblem("Its note in " + folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    private static String name(String sha256) {
        return "trying-" + sha256.substring(0, 16) + "-";
    }

    private List<Path> dead(String sha256) throws IOException {
        List<Path> dead = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(name(sha256))
                        && !isAlive(name.substring(name(sha256).length()))) {
                    dead.add(file);
                }
            }
        }
        return dead;
    }

    private static boolean isAlive(String pid) {
        return pid.matches("\\d{1,18}")
                && Long.parseLong(pid) != ProcessHandle.current().pid()
                && ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }
}
