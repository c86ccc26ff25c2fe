package dev.rekindle.processing.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The command line and environment of a worker process. */
final class WorkerProcess {
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
    /** Address space is not memory: a JVM reserves more than it uses. This only stops what runs away. */
    private static final long ADDRESS_SPACE_EXTRA_BYTES = 8L << 30;

    private static final long JVM_BYTES = 256L << 20;
    private static final int FILES_MAX = 4_096;

    private WorkerProcess() {}

    /** Starts one; its standard input stays open for as long as this process lives. */
    static Process start(WorkerSupervisor.Config config, int number) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(config));
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("REKINDLE_"));
        config.settings().apply(number).forEach((key, value) -> environment.put(variable(key), value));
        environment.put(variable("worker.ends_with_parent"), "true");
        environment.put(variable("worker.memory_bytes"), String.valueOf(config.memoryBytes()));
        environment.put("OPENCV_LOG_LEVEL", "SILENT");
        environment.put("OPENCV_IO_MAX_IMAGE_PIXELS", String.valueOf(1L << 30));
        environment.put("MALLOC_ARENA_MAX", "2");
        environment.put("OPENBLAS_NUM_THREADS", "1");
        // Not an argument: ONNX Runtime reads the command line when it starts, and one of some thousand characters ends
        // the process without a word.
        environment.put("CLASSPATH", config.classPath());
        return builder.start();
    }

    static List<String> command(WorkerSupervisor.Config config) {
        long physical = config.heapBytes() + config.memoryBytes() + JVM_BYTES;
        List<String> command = new ArrayList<>();
        if (WorkerSupervisor.isProgram(PRLIMIT)) {
            command.addAll(List.of(
                    PRLIMIT.toString(),
                    "--core=0",
                    "--nofile=" + FILES_MAX,
                    "--as=" + (physical + ADDRESS_SPACE_EXTRA_BYTES)));
        }
        command.add(config.java().toString());
        command.addAll(config.jvmOptions());
        command.addAll(List.of(
                "-Xmx" + (config.heapBytes() >> 20) + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:CompressedClassSpaceSize=128m",
                "-Djava.awt.headless=true",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=" + physical,
                "-Dorg.bytedeco.javacpp.maxbytes=" + config.memoryBytes(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                WorkerMain.class.getName()));
        return command;
    }

    private static String variable(String key) {
        return "REKINDLE_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
