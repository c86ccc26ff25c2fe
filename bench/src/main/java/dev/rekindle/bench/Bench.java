package dev.rekindle.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks, by name: {@code ./rekindle bench queue}. */
@Command(
        name = "rekindle bench",
        description = "Measures Rekindle, and its peers beside it.",
        mixinStandardHelpOptions = true,
        subcommands = QueueBench.class)
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }
}
