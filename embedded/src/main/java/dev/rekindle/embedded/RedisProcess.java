package dev.rekindle.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Redis as a process of its own, with its append-only file in a folder. It runs detached, so that Ctrl-C in a terminal
 * reaches this process first and the server is closed in order; it listens on 127.0.0.1 only.
 */
public final class RedisProcess implements AutoCloseable {
    private static final String VERSION = "7.0.15";
    private static final Duration START_MAX = Duration.ofSeconds(20);

    private final ProcessHandle process;
    private final int port;

    private RedisProcess(ProcessHandle process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts the server, on the folder's data where there are any.
     *
     * @param folder its own; made where it is not there
     * @param binaries where the server's program is unpacked, once for all folders
     * @param port 0 takes a free one
     * @param more options such as {@code --cluster-enabled yes}
     * @throws IOException if it does not start; the message says why
     */
    public static RedisProcess start(Path folder, Path binaries, int port, String... more) throws IOException {
        Files.createDirectories(folder);
        Path pidFile = folder.resolve("redis.pid");
        Orphan.end(pidFile, folder);
        Files.deleteIfExists(pidFile);
        int taken = port == 0 ? FreePorts.next() : port;
        List<String> command = new ArrayList<>(List.of(
                program(binaries).toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(taken),
                "--dir",
                folder.toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction",
                "--daemonize",
                "yes",
                "--pidfile",
                pidFile.toString(),
                "--logfile",
                folder.resolve("log").toString()));
        command.addAll(List.of(more));
        Process launcher = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            launcher.waitFor(START_MAX.toSeconds(), TimeUnit.SECONDS);
            return new RedisProcess(awaitReady(folder, pidFile, taken), taken);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while Redis started", e);
        }
    }

    private static ProcessHandle awaitReady(Path folder, Path pidFile, int port)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (System.nanoTime() < deadline) {
            if (Files.exists(pidFile) && answers(port)) {
                long pid = Long.parseLong(Files.readString(pidFile).strip());
                return ProcessHandle.of(pid).orElseThrow(() -> new IOException("Redis ended while it started"));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new IOException("Redis does not start on port " + port + ": " + lastLine(folder.resolve("log")));
    }

    /** True once PING is answered by PONG: while it loads its file it answers LOADING. */
    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(1000);
            OutputStream out = socket.getOutputStream();
            out.write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            return "+PONG".equals(line);
        } catch (IOException e) {
            return false;
        }
    }

    private static String lastLine(Path log) throws IOException {
        if (!Files.exists(log)) {
            return "it left no log";
        }
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "its log is empty" : lines.getLast();
    }

    /** The server's program, unpacked from the jar that carries it. */
    private static Path program(Path binaries) throws IOException {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        String name = "redis-server-" + VERSION + "-" + os + "-" + arch;
        Path program = Files.createDirectories(binaries).resolve(name);
        if (Files.exists(program)) {
            return program;
        }
        try (InputStream in = redis.embedded.RedisServer.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IOException("There is no Redis program for " + os + " on " + arch + " in embedded-redis.");
            }
            PrivateFiles.write(program, in.readAllBytes());
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        }
        return program;
    }

    /** The address, for clients. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    /** Ends the server in order: what was written is on disk. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.onExit().get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("Redis did not end within 10 s and was killed", e);
        }
    }
}
