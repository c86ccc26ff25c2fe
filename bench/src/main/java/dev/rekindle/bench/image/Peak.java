package dev.rekindle.bench.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The most memory a process ever held, as Linux counts it. */
final class Peak {
    private static final Pattern LINE = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private Peak() {}

    /** Megabytes; not a number where the system does not tell, or the process is gone. */
    static double megabytes(long pid) {
        try {
            Matcher line = LINE.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
            return line.find() ? Double.parseDouble(line.group(1)) / 1024 : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
