package dev.rekindle.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.rekindle.embedded.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Our queue and BullMQ, one after the other, on the same kind of Redis: append-only file, synced every second. */
@Command(
        name = "queue",
        description = "Our queue against BullMQ on the same Redis with the same durability.",
        mixinStandardHelpOptions = true)
final class QueueBench implements Callable<Integer> {
    @Option(names = "--json", description = "Only JSON.")
    private boolean json;

    @Option(names = "--million", description = "Also claims with a million jobs waiting; needs 2 GB of memory.")
    private boolean million;

    @Option(names = "--rounds", defaultValue = "1", description = "Runs of both; the median of each figure counts.")
    private int rounds;

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || rounds > 99) {
            System.err.println("rekindle: --rounds is " + rounds + "; expected 1 to 99");
            return 2;
        }
        Sizes sizes = Sizes.usual(million);
        List<Map<String, Double>> ours = new ArrayList<>();
        List<Map<String, Double>> peers = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            say("Round " + round + " of " + rounds + ": ours …");
            ours.add(onRedis(port -> OurQueue.measure(port, sizes)));
            say("Round " + round + " of " + rounds + ": BullMQ …");
            peers.add(onRedis(port -> peer(port, sizes)));
        }
        print(medians(ours), medians(peers), sizes);
        return 0;
    }

    private void say(String what) {
        if (!json) {
            System.err.println(what);
        }
    }

    /** One way of measuring, on the Redis of a port. */
    private interface Measured {
        Map<String, Double> on(int port) throws Exception;
    }

    private static Map<String, Double> onRedis(Measured measured) throws Exception {
        Path folder = Files.createTempDirectory("rekindle-bench-");
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"), folder.resolve("bin"), 0)) {
            return measured.on(redis.port());
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static Map<String, Double> peer(int port, Sizes sizes) throws IOException, InterruptedException {
        Path folder = Path.of(System.getProperty("rekindle.home", ".")).resolve("bench/bullmq");
        List<String> command = new ArrayList<>(List.of("node", "bench.mjs", String.valueOf(port)));
        command.addAll(sizes.arguments());
        Process node = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = node.inputReader().lines().toList();
        if (node.waitFor() != 0 || lines.isEmpty()) {
            throw new IOException("BullMQ's program ended with " + node.exitValue() + " in " + folder);
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        new Gson()
                .fromJson(lines.getLast(), com.google.gson.JsonObject.class)
                .asMap()
                .forEach((name, value) -> figures.put(name, value.isJsonNull() ? Double.NaN : value.getAsDouble()));
        return figures;
    }

    private static Map<String, Double> medians(List<Map<String, Double>> rounds) {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String name : rounds.getFirst().keySet()) {
            List<Double> values = rounds.stream()
                    .map(round -> round.getOrDefault(name, Double.NaN))
                    .sorted()
                    .toList();
            medians.put(name, values.get(values.size() / 2));
        }
        return medians;
    }

    private void print(Map<String, Double> ours, Map<String, Double> peer, Sizes sizes) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        ours.forEach((name, value) -> {
            double other = peer.getOrDefault(name, Double.NaN);
            ratios.put(name, name.endsWith("_ms") ? other / value : value / other);
        });
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("rounds", rounds);
            all.put("sizes", sizes);
            all.put("ours", ours);
            all.put("bullmq", peer);
            all.put("times_better", ratios);
            System.out.println(new GsonBuilder()
                    .serializeSpecialFloatingPointValues()
                    .setPrettyPrinting()
                    .create()
                    .toJson(all));
            return;
        }
        System.out.printf("%-36s %12s %12s %14s%n", "", "ours", "BullMQ", "times better");
        ours.forEach((name, value) -> System.out.printf(
                "%-36s %12.2f %12.2f %14.2f%n",
                name.replace('_', ' '),
                value,
                peer.getOrDefault(name, Double.NaN),
                ratios.getOrDefault(name, Double.NaN)));
    }
}
