package dev.rekindle.bench.mesh;

import dev.rekindle.embedded.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The picture store in a process of its own, so that it can be killed. */
final class S3Main {
    private S3Main() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, String> environment = System.getenv();
        try (S3Server server = S3Server.start(
                Path.of(setting(environment, "FOLDER")),
                Integer.parseInt(setting(environment, "PORT")),
                new S3Server.Key(setting(environment, "ACCESS"), setting(environment, "SECRET")),
                setting(environment, "BUCKET"))) {
            System.err.println("S3 serves at " + server.endpoint());
            new CountDownLatch(1).await();
        }
    }

    private static String setting(Map<String, String> environment, String name) {
        String value = environment.get("REKINDLE_S3_" + name);
        if (value == null) {
            throw new IllegalArgumentException("REKINDLE_S3_" + name + " is missing");
        }
        return value;
    }
}
