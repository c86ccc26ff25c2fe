package dev.rekindle.platform;

import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.HealthServer;
import dev.rekindle.platform.telemetry.Logs;
import dev.rekindle.platform.telemetry.Telemetry;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The frame of every process: settings, logs, telemetry, health port, and an orderly end on SIGTERM. */
public final class ProcessMain {
    private static final int EXIT_BAD_SETTINGS = 2;

    private ProcessMain() {}

    /** What a process runs: a service or a worker. */
    public interface Running extends AutoCloseable {
        /** Whether it is ready, and what it depends on. */
        Health health();

        @Override
        void close();
    }

    /** What runs until the closer closes it. */
    public static Running running(Health health, Closer closer) {
        return new Running() {
            @Override
            public Health health() {
                return health;
            }

            @Override
            public void close() {
                closer.close();
            }
        };
    }

    /** Starts what a process runs, on one clock. It reads all its settings before it returns. */
    @FunctionalInterface
    public interface Starter {
        Running start(Settings settings, Telemetry telemetry, Clock clock) throws Exception;
    }

    /** Runs on the system's clock until the process is told to end. */
    public static void run(String name, Starter starter) throws Exception {
        run(name, starter, Clock.systemUTC());
    }

    /** Runs until the process is told to end. Bad settings end it at once with one clear message and exit code 2. */
    public static void run(String name, Starter starter, Clock clock) throws Exception {
        Settings settings = Settings.load(System.getenv());
        Logs.start(settings);
        Logger log = LoggerFactory.getLogger(ProcessMain.class);
        CountDownLatch ended = new CountDownLatch(1);
        try (Closer closer = new Closer()) {
            HealthServer.Config healthConfig = HealthServer.Config.from(settings);
            Telemetry telemetry = closer.add(Telemetry.start(name, settings));
            Running running = closer.add(starter.start(settings, telemetry, clock));
            settings.check();
            HealthServer health = closer.add(HealthServer.start(healthConfig, running.health(), telemetry));
            CountDownLatch told = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                told.countDown();
                awaitQuietly(ended);
            }));
            log.info("{} is running, health at port {}", name, health.port());
            told.await();
            log.info("{} ends", name);
        } catch (BadSettings e) {
            System.err.println(name + " cannot start: " + e.getMessage());
            Runtime.getRuntime().halt(EXIT_BAD_SETTINGS);
        } finally {
            ended.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
