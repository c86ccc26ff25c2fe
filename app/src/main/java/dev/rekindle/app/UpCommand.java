package dev.rekindle.app;

import dev.rekindle.platform.telemetry.Logs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs everything on this machine until it is told to end. */
@Command(name = "up", description = "Runs everything on this machine and says where.", mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
    @Mixin
    private final Where where = new Where();

    @Option(names = "--port", defaultValue = "8080", description = "Port of the pages and all APIs (default 8080).")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "Address to listen on; 0.0.0.0 lets phones in your network in (default 127.0.0.1).")
    private String host = "";

    @Option(
            names = "--workers",
            defaultValue = "1",
            description = "Worker processes (default 1); 1-4 lets the load decide between one and four.")
    private String workers = "";

    @Option(
            names = "--runpod-fake",
            description =
                    "Has a stand-in for RunPod do the work, so that the whole way can be watched without an account.")
    private boolean runPodFake;

    @Option(
            names = "--mesh-certs",
            paramLabel = "FOLDER",
            description =
                    "Services prove themselves to each other by the certificates that ./rekindle certs made there.")
    private @Nullable Path certificates;

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65535) {
            throw new CannotStart("--port is " + port + "; expected 0 to 65535.");
        }
        if (certificates != null && !Files.isReadable(certificates.resolve("ca.crt"))) {
            throw new CannotStart("--mesh-certs is " + certificates
                    + ", where no ca.crt can be read; ./rekindle certs FOLDER makes what is needed.");
        }
        WorkerRange range = WorkerRange.parse(workers);
        Path data = where.data();
        OneMachine.Options options =
                new OneMachine.Options(host, port, data, Where.home(), range, runPodFake, certificates);
        logTo(data);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            told.countDown();
            main.interrupt();
            awaitQuietly(ended);
        }));
        try (OneMachine machine = OneMachine.start(options)) {
            System.out.println("Rekindle is ready at http://localhost:" + machine.port());
            if (Payments.areTests(System.getenv())) {
                System.out.println("Payments are in test mode: plans and credits can be bought, and no money moves.");
            }
            if (runPodFake) {
                System.out.println(
                        "A stand-in for RunPod at " + machine.cloudUrl() + " tints photos in place of a model.");
            }
            System.out.println("Data and logs are in " + data + ". Ctrl-C ends it.");
            System.out.flush();
            told.await();
        } catch (InterruptedException e) {
            if (told.getCount() > 0) {
                throw e;
            }
        } finally {
            ended.countDown();
        }
        return 0;
    }

    /** Logs go to a file: the terminal is for people. */
    static void logTo(Path data) {
        try {
            Path logs = Files.createDirectories(data.resolve("logs"));
            Logs.start(Logs.Format.JSON, "info", logs.resolve("rekindle.log").toString());
        } catch (IOException e) {
            throw new UncheckedIOException("The data folder " + data + " cannot be written: " + e.getMessage(), e);
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
