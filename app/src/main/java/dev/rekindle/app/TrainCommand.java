package dev.rekindle.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Starts everything once in a folder of its own and ends it, so that the JVM can note what starting needs. */
@Command(name = "train", hidden = true, description = "Used by the build to make starting fast.")
final class TrainCommand implements Callable<Integer> {

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("rekindle-train-");
        UpCommand.logTo(data);
        try (OneMachine machine =
                OneMachine.start(new OneMachine.Options("127.0.0.1", 0, data, Where.home(), WorkerRange.of(1)))) {
            System.out.println("Started once at port " + machine.port());
        } finally {
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
        return 0;
    }
}
