package dev.rekindle.processing.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("PRC-07")
class WorkspacesTest {
    @Test
    void a_workspace_is_gone_with_all_in_it_once_closed(@TempDir Path root) throws IOException {
        try (Workspaces workspaces = Workspaces.open(root)) {
            Path file;
            try (Workspaces.Workspace workspace = workspaces.create()) {
                file = workspace.file("photo");
                Files.writeString(file, "secret");
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                        .isEqualTo("rwx------");
            }
            assertThat(file.getParent()).doesNotExist();
        }
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void what_a_living_worker_holds_is_not_swept(@TempDir Path root) {
        try (Workspaces mine = Workspaces.open(root);
                Workspaces other = Workspaces.open(root);
                Workspaces.Workspace workspace = other.create()) {
            assertThat(mine.sweep()).isZero();
            assertThat(workspace.file("x").getParent()).exists();
        }
    }

    @Test
    void what_a_dead_worker_left_is_swept(@TempDir Path root) throws Exception {
        Process dying = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Dying.class.getName(),
                        root.toString())
                .redirectErrorStream(true)
                .start();
        dying.getInputStream().readAllBytes();
        assertThat(dying.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(dying.exitValue()).isEqualTo(9);
        try (Workspaces workspaces = Workspaces.open(root)) {
            assertThat(workspaces.sweep()).isEqualTo(1);
            try (var left = Files.list(root)) {
                assertThat(left).hasSize(1);
            }
        }
    }

    /** A worker that dies in the middle of its work. */
    public static final class Dying {
        private Dying() {}

        public static void main(String[] arguments) throws IOException {
            Workspaces.Workspace workspace =
                    Workspaces.open(Path.of(arguments[0])).create();
            Files.writeString(workspace.file("photo"), "half a photo");
            Runtime.getRuntime().halt(9);
        }
    }
}
