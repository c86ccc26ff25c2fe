package dev.rekindle.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The main job from the shell: photos in, restored photos beside them. */
@Command(
        name = "restore",
        description = "Restores photos and writes the results beside them, or into --out.",
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
    private static final int EXIT_SOME_FAILED = 1;

    @Mixin
    private final Where where = new Where();

    @Parameters(arity = "1..*", paramLabel = "PHOTO", description = "JPEG, PNG, WebP, HEIC, TIFF, …")
    private List<Path> photos = new ArrayList<>();

    @Option(names = "--colourize", description = "Also give it colour.")
    private boolean colourize;

    @Option(names = "--strength", defaultValue = "0.7", description = "How strongly, 0 to 1 (default 0.7).")
    private double strength;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for the results.")
    private String out = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(strength >= 0 && strength <= 1)) {
            throw new CannotStart("--strength is " + strength + "; expected 0 to 1.");
        }
        for (Path photo : photos) {
            if (!Files.isReadable(photo) || !Files.isRegularFile(photo)) {
                throw new CannotStart(photo + " cannot be read.");
            }
        }
        if (!out.isEmpty()) {
            Files.createDirectories(Path.of(out));
        }
        Path data = where.data();
        Optional<LocalSession> running = LocalSession.find(data);
        if (running.isPresent()) {
            try (LocalSession session = running.get()) {
                return restore(session);
            }
        }
        UpCommand.logTo(data);
        System.err.println("Starting Rekindle for this …");
        try (OneMachine machine = OneMachine.start(
                        new OneMachine.Options("127.0.0.1", 0, data, Where.home(), WorkerRange.of(1)));
                LocalSession session = new LocalSession(machine.secrets(), machine.port())) {
            return restore(session);
        }
    }

    private int restore(LocalSession session) throws InterruptedException {
        RestorePhoto restore = new RestorePhoto(session, colourize, strength);
        restore.prepareAccount(photos.size());
        int failed = 0;
        for (Path photo : photos) {
            if (!restore.run(photo, out.isEmpty() ? folderOf(photo) : Path.of(out))) {
                failed++;
            }
        }
        return failed == 0 ? 0 : EXIT_SOME_FAILED;
    }

    private static Path folderOf(Path photo) {
        Path folder = photo.toAbsolutePath().getParent();
        return folder == null ? Path.of(".") : folder;
    }
}
