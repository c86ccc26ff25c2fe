package dev.rekindle.bench.mesh;

import java.util.List;
import java.util.Map;

/**
 * How one process is started otherwise than usual.
 *
 * @param jvm options of its JVM, after the usual ones
 * @param settings by dotted key; they stand above the usual ones
 */
record Tuning(List<String> jvm, Map<String, String> settings) {
    static final Tuning NONE = new Tuning(List.of(), Map.of());
}
