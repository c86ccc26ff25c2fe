package dev.rekindle.bench.mesh;

import dev.rekindle.platform.telemetry.Logs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Breaks the mesh at random for as long as one likes, and tells whether it kept its promises. */
@Command(
        name = "faults",
        description = "The whole mesh under load while processes are killed and frozen and networks cut; then every"
                + " invariant is checked.",
        mixinStandardHelpOptions = true)
public final class FaultsBench implements Callable<Integer> {

    /** Longer than all pauses between the attempts of one job. */
    private static final Duration QUIET_MAX = Duration.ofMinutes(15);

    @Spec
    private picocli.CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    @Option(names = "--seed", description = "Draws the same faults and wishes again.")
    private @org.jspecify.annotations.Nullable Long seed;

    @Option(names = "--minutes", defaultValue = "1", description = "How long faults strike. Default: ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(names = "--workers", defaultValue = "2", description = "Worker processes. Default: ${DEFAULT-VALUE}.")
    private int workers;

    @Option(names = "--shards", defaultValue = "1", description = "Shards of the queue. Default: ${DEFAULT-VALUE}.")
    private int shards;

    @Option(names = "--only", split = ",", description = "Only these faults, as in kill-worker,flush-redis.")
    private List<String> only = List.of();

    @Option(names = "--keep", description = "Keep data and logs of a quiet run, too.")
    private boolean keep;

    @Override
    public Integer call() throws Exception {
        long drawn = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000_000L) : seed;
        Path folder = Files.createTempDirectory("rekindle-faults-");
        Logs.start(Logs.Format.TEXT, "warn", folder.resolve("harness.log").toString());
        Duration storm = Duration.ofMillis(Math.round(minutes * 60_000));
        Plan plan = new Plan(drawn, storm, QUIET_MAX, faults(), workers, folder, shards);
        FaultRun.Outcome outcome = new FaultRun(plan, System.err).run();
        print(outcome, drawn, folder);
        if (!outcome.violations().isEmpty()) {
            return 1;
        }
        if (!keep) {
            Ground.delete(folder);
        }
        return 0;
    }

    private Set<FaultKind> faults() {
        if (only.isEmpty()) {
            return EnumSet.allOf(FaultKind.class);
        }
        EnumSet<FaultKind> chosen = EnumSet.noneOf(FaultKind.class);
        for (String name : only) {
            chosen.add(Arrays.stream(FaultKind.values())
                    .filter(kind -> kind.label().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new ParameterException(
                            java.util.Objects.requireNonNull(spec).commandLine(),
                            name + " is no fault; expected "
                                    + Arrays.stream(FaultKind.values())
                                            .map(FaultKind::label)
                                            .toList())));
        }
        return chosen;
    }

    private static void print(FaultRun.Outcome outcome, long seed, Path folder) throws IOException {
        outcome.facts().forEach((part, figures) -> {
            System.out.println(part);
            figures.forEach((name, count) -> System.out.printf("  %-32s %8d%n", name, count));
        });
        for (Violation violation : outcome.violations()) {
            System.out.println("VIOLATION " + violation);
        }
        System.out.println(
                outcome.violations().isEmpty()
                        ? "Every invariant holds. Seed " + seed + "."
                        : outcome.violations().size() + " violations. Seed " + seed + "; data and logs: " + folder);
    }
}
