package dev.rekindle.app;

import dev.rekindle.embedded.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file by which other commands find a Rekindle that is running on a data folder: its port. */
final class RunFile {
    static final String NAME = "port";

    private RunFile() {}

    static void write(Path file, int port) throws IOException {
        PrivateFiles.write(file, String.valueOf(port).getBytes(StandardCharsets.US_ASCII));
    }

    /** The port of the Rekindle that runs on the folder now; null if none does, or it is not ready yet. */
    static @Nullable Integer port(Path folder) {
        Path file = folder.resolve(NAME);
        if (DataFolder.holder(folder) == null || !Files.exists(file)) {
            return null;
        }
        try {
            return Integer.valueOf(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return null;
        }
    }
}
