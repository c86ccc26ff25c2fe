package dev.rekindle.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what this machine has and lacks, and what to do about it. */
@Command(
        name = "doctor",
        description = "Says what this machine has and lacks for running Rekindle.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final long MEMORY_BYTES_MIN = 4L << 30;
    private static final long DISK_BYTES_MIN = 5L << 30;

    @Mixin
    private final Where where = new Where();

    private int lacking;

    @Override
    public Integer call() throws IOException, InterruptedException {
        tell(true, "Java " + Runtime.version() + " at " + System.getProperty("java.home"), "");
        program("Maven", List.of("mvn", "-v"), "needed to build: install Maven 3.8 or newer");
        program("Node", List.of("node", "-v"), "needed to build the pages: install Node 20 or newer");
        program("Chromium", List.of("chromium", "--version"), "needed by the end-to-end tests only");
        memory();
        disk();
        tell(
                Files.exists(Where.home().resolve("web/dist/index.html")),
                "the pages are built",
                "run ./rekindle build, or there is only the API");
        running();
        return lacking == 0 ? 0 : 1;
    }

    private void memory() {
        var system = (com.sun.management.OperatingSystemMXBean)
                java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        long bytes = system.getTotalMemorySize();
        tell(bytes >= MEMORY_BYTES_MIN, "%.1f GiB of memory".formatted(bytes / 1073741824.0), "4 GiB are advised");
    }

    private void disk() throws IOException {
        Path folder = where.data().toAbsolutePath();
        while (folder != null && !Files.exists(folder)) {
            folder = folder.getParent();
        }
        if (folder != null) {
            long bytes = Files.getFileStore(folder).getUsableSpace();
            tell(
                    bytes >= DISK_BYTES_MIN,
                    "%.1f GiB free at %s".formatted(bytes / 1073741824.0, where.data()),
                    "5 GiB are advised");
        }
    }

    private void running() {
        Path data = where.data();
        Long holder = DataFolder.holder(data);
        Integer port = RunFile.port(data);
        System.out.println(
                holder == null
                        ? "- nothing runs on " + data
                        : "- process " + holder + " runs on " + data
                                + (port == null ? ", not ready yet" : ", at http://localhost:" + port));
    }

    private void program(String name, List<String> command, String advice) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String first = process.inputReader().readLine();
            process.waitFor(10, TimeUnit.SECONDS);
            String version = first == null ? "" : first.replaceAll("\\e\\[[0-9;]*m", "");
            tell(process.exitValue() == 0, name + ": " + version, advice);
        } catch (IOException e) {
            tell(false, name + " was not found", advice);
        }
    }

    private void tell(boolean good, String what, String advice) {
        if (good) {
            System.out.println("✓ " + what);
        } else {
            lacking++;
            System.out.println("✗ " + what + (advice.isEmpty() ? "" : ": " + advice));
        }
    }
}
