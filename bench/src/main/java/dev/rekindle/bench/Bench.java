package dev.rekindle.bench;

import dev.rekindle.bench.image.ImageBench;
import dev.rekindle.bench.mesh.EventsBench;
import dev.rekindle.bench.mesh.FaultsBench;
import dev.rekindle.bench.mesh.GatewayBench;
import dev.rekindle.bench.mesh.JobsBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks, by name: {@code ./rekindle bench queue}, {@code image}, {@code jobs}, {@code gateway}, {@code events}, {@code faults}. */
@Command(
        name = "rekindle bench",
        description = "Measures Rekindle, and its peers beside it.",
        mixinStandardHelpOptions = true,
        subcommands = {
            QueueBench.class,
            ImageBench.class,
            JobsBench.class,
            GatewayBench.class,
            EventsBench.class,
            FaultsBench.class
        })
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }
}
