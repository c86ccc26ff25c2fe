package dev.rekindle.bench.mesh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What memory a JVM of this machine takes.
 *
 * @param heapBytes of objects that are reachable
 * @param residentBytes of the process, with all that is not heap, and with heap that is free
 */
record Footprint(long heapBytes, long residentBytes) {
    static final Footprint NONE = new Footprint(0, 0);

    /** Collects the garbage of a process, and looks. */
    static Footprint of(ProcessHandle process) throws IOException, InterruptedException {
        String pid = String.valueOf(process.pid());
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid, "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        List<String> lines = histogram.inputReader().lines().toList();
        if (histogram.waitFor() != 0) {
            throw new IOException("jcmd " + pid + " ended with " + histogram.exitValue() + ": " + lines);
        }
        // The last line: Total, objects, bytes.
        long heap = lines.stream()
                .filter(line -> line.startsWith("Total"))
                .map(line -> line.strip().split("\\s+", -1)[2])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IOException("jcmd " + pid + " told no total"));
        long resident = Files.readAllLines(Path.of("/proc", pid, "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.split("\\s+", -1)[1])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IOException("the system does not say what memory " + pid + " takes"));
        return new Footprint(heap, resident << 10);
    }

    Footprint minus(Footprint before) {
        return new Footprint(heapBytes - before.heapBytes, residentBytes - before.residentBytes);
    }
}
