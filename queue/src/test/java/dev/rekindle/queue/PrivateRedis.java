package dev.rekindle.queue;

import dev.rekindle.embedded.RedisProcess;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.testkit.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A Redis for one test alone, with options of its own. */
final class PrivateRedis implements AutoCloseable {
    private final Path folder;
    private final String[] options;
    private RedisProcess process;

    PrivateRedis(Path folder, String... options) throws IOException {
        this.folder = folder;
        this.options = options;
        this.process = RedisProcess.start(folder, Servers.binaries(), 0, options);
    }

    RedisConfig config() {
        return new RedisConfig(process.url(), new Secret(""), false, Duration.ofSeconds(5));
    }

    RedisConfig clusterConfig() {
        return new RedisConfig(process.url(), new Secret(""), true, Duration.ofSeconds(5));
    }

    /** Ends the server in order and starts it again on its data. */
    void restart() throws IOException {
        int port = process.port();
        process.close();
        process = RedisProcess.start(folder, Servers.binaries(), port, options);
    }

    void stop() throws IOException {
        process.close();
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
