package dev.rekindle.app;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option every command shares: which data folder. */
final class Where {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder with all data (default: .rekindle in the project's folder, or $REKINDLE_DATA).")
    private String data = "";

    Path data() {
        if (!data.isEmpty()) {
            return Path.of(data);
        }
        String fromEnvironment = System.getenv("REKINDLE_DATA");
        return fromEnvironment != null && !fromEnvironment.isEmpty()
                ? Path.of(fromEnvironment)
                : home().resolve(".rekindle");
    }

    /** The project's folder, told by the script that starts this program. */
    static Path home() {
        return Path.of(System.getProperty("rekindle.home", "."))
                .toAbsolutePath()
                .normalize();
    }
}
