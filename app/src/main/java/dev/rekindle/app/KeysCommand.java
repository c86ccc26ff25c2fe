package dev.rekindle.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes what the processes of a deployment must know and nobody else may: docker-compose.yml and deploy/ read it. */
@Command(
        name = "keys",
        description = "Makes keys and passwords for a deployment: a file of settings for each process.",
        mixinStandardHelpOptions = true)
final class KeysCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "Where to; what is there already stays.")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws IOException {
        DeploymentKeys.makePrivate(folder);
        Path kept = folder.resolve("secrets.properties");
        boolean again = Files.exists(kept);
        DeploymentKeys keys = new DeploymentKeys(Secrets.open(kept));
        for (Map.Entry<String, String> file : keys.files().entrySet()) {
            DeploymentKeys.write(folder.resolve(file.getKey()), file.getValue());
        }
        System.out.println((again ? "Written again from the keys that were there: " : "Made: ")
                + String.join(", ", keys.files().keySet()) + ", in " + folder.toAbsolutePath());
        return 0;
    }
}
