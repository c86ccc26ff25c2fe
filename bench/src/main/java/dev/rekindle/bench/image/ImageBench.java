package dev.rekindle.bench.image;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import dev.rekindle.bench.mesh.ImageThroughApi;
import dev.rekindle.processing.picture.Natives;
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

/** Ours, sharp and ImageMagick, one after the other with the same pictures, each in processes of its own. */
@Command(
        name = "image",
        description = "Our pictures against those of sharp and ImageMagick.",
        mixinStandardHelpOptions = true)
public final class ImageBench implements Callable<Integer> {
    private static final int TOO_MANY = 1_000;

    @Option(names = "--json", description = "Only JSON.")
    private boolean json;

    @Option(
            names = "--pictures",
            defaultValue = "8",
            description = "Of 12 megapixels, each time; of 48 a third as many.")
    private int pictures;

    @Option(names = "--parallel", defaultValue = "2", description = "Pictures at a time.")
    private int parallel;

    @Option(
            names = "--api",
            description =
                    "Instead: the largest photos there may be, by REST through a whole mesh, from upload to result.")
    private boolean api;

    @Option(names = "--runs", defaultValue = "20", description = "How often each way is gone, with --api.")
    private int runs;

    @Option(names = "--small", description = "Without pictures of 48 megapixels.")
    private boolean small;

    /** Who is measured, and how. */
    private interface Contestant {
        Map<String, Double> measure(Task task, Path file, Path folder, int pictures) throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        if (Stream.of(pictures, parallel, runs).anyMatch(number -> number < 1 || number > TOO_MANY)) {
            System.err.println("rekindle: --pictures is " + pictures + ", --parallel " + parallel + " and --runs "
                    + runs + "; expected 1 to " + TOO_MANY);
            return 2;
        }
        Path folder = Files.createTempDirectory("rekindle-bench-");
        try {
            Natives.load();
            if (api) {
                throughApi(folder);
                return 0;
            }
            boolean magick = Magick.isThere();
            say("Making the pictures …");
            List<Sample> samples = new ArrayList<>(Sample.write(12, folder, magick));
            if (!small) {
                samples.addAll(Sample.write(48, folder, magick));
            }
            Map<String, Contestant> contestants = contestants(magick);
            Map<String, Map<String, Map<String, Double>>> all = new LinkedHashMap<>();
            for (Sample sample : samples) {
                measure(Task.THUMBNAILS, sample, contestants, folder, all);
                if (sample.megapixels() == 12 && sample.extension().equals("jpg")) {
                    measure(Task.RESIZE, sample, contestants, folder, all);
                    measure(Task.WEBP, sample, contestants, folder, all);
                    measure(Task.AVIF, sample, contestants, folder, all);
                }
            }
            print(all);
            return 0;
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private void throughApi(Path folder) throws Exception {
        say("Making the pictures …");
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(Sample.largestJpeg(folder), "image/jpeg");
        files.put(Sample.largestPng(folder), "image/png");
        Map<String, Map<String, Double>> all = new LinkedHashMap<>();
        say("Starting the mesh …");
        try (ImageThroughApi mesh = ImageThroughApi.start()) {
            for (Map.Entry<Path, String> file : files.entrySet()) {
                for (String pipeline : List.of("full_processing", "quick_processing")) {
                    String name = file.getKey().getFileName() + ", " + pipeline;
                    say(name + " …");
                    Map<String, Double> figures = new LinkedHashMap<>();
                    figures.put("megabytes", Files.size(file.getKey()) / 1e6);
                    figures.putAll(mesh.measure(file.getKey(), file.getValue(), pipeline, runs));
                    say("  " + figures);
                    all.put(name, figures);
                }
            }
        }
        if (json) {
            System.out.println(new GsonBuilder().setPrettyPrinting().create().toJson(all));
            return;
        }
        all.forEach((name, figures) -> {
            System.out.println(name);
            figures.forEach((what, figure) -> System.out.printf("  %-16s %10.1f%n", what, figure));
        });
    }

    private void say(String what) {
        if (!json) {
            System.err.println(what);
        }
    }

    private Map<String, Contestant> contestants(boolean magick) {
        Path home = Path.of(System.getProperty("rekindle.home", "."));
        Map<String, Contestant> contestants = new LinkedHashMap<>();
        contestants.put("ours", (task, file, folder, count) -> process(ours(), task.name(), file, folder, count));
        contestants.put(
                "sharp",
                (task, file, folder, count) -> process(
                        List.of("node", home.resolve("bench/sharp/bench.mjs").toString()),
                        task.word(),
                        file,
                        folder,
                        count));
        if (magick) {
            contestants.put(
                    "imagemagick", (task, file, folder, count) -> Magick.measure(task, file, folder, count, parallel));
        }
        return contestants;
    }

    /** Started as a worker's JVM is. */
    private static List<String> ours() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=3g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                OurImages.class.getName());
    }

    private Map<String, Double> process(List<String> program, String task, Path file, Path folder, int count)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(program);
        command.addAll(
                List.of(task, file.toString(), folder.toString(), String.valueOf(count), String.valueOf(parallel)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("OPENCV_IO_MAX_IMAGE_PIXELS", String.valueOf(1L << 30));
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        Process process = builder.start();
        List<String> lines = process.inputReader().lines().toList();
        if (process.waitFor() != 0 || lines.isEmpty()) {
            throw new IOException("It ended with " + process.exitValue());
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        new Gson()
                .fromJson(lines.getLast(), JsonObject.class)
                .asMap()
                .forEach((name, value) -> figures.put(name, value.isJsonNull() ? Double.NaN : value.getAsDouble()));
        return figures;
    }

    private void measure(
            Task task,
            Sample sample,
            Map<String, Contestant> contestants,
            Path folder,
            Map<String, Map<String, Map<String, Double>>> all)
            throws IOException {
        String name = task.word() + "_" + sample.megapixels() + "mp_" + sample.extension();
        int count = Math.max(parallel, sample.megapixels() == 12 ? pictures : pictures / 3);
        Map<String, Map<String, Double>> row = new LinkedHashMap<>();
        try (Reference reference = Reference.of(sample.file(), Task.SIDE);
                Reference small = Reference.of(sample.file(), Task.SIDES[0])) {
            for (Map.Entry<String, Contestant> contestant : contestants.entrySet()) {
                say(name + ": " + contestant.getKey() + " …");
                Path out = Files.createDirectories(folder.resolve(name + "-" + contestant.getKey()));
                try {
                    Map<String, Double> figures = contestant.getValue().measure(task, sample.file(), out, count);
                    Path judged = out.resolve(task.judged());
                    figures.put("ssim", reference.likeness(judged));
                    if (task == Task.THUMBNAILS) {
                        figures.put("ssim_150", small.likeness(out.resolve(Task.SIDES[0] + ".jpg")));
                    }
                    figures.put("kilobytes", Files.size(judged) / 1024.0);
                    say("  " + figures);
                    row.put(contestant.getKey(), figures);
                } catch (Exception e) {
                    // Not everyone reads and writes everything.
                    say("  " + contestant.getKey() + " cannot: " + e.getMessage());
                }
            }
        }
        all.put(name, row);
    }

    private void print(Map<String, Map<String, Map<String, Double>>> all) {
        if (json) {
            System.out.println(new GsonBuilder()
                    .serializeSpecialFloatingPointValues()
                    .setPrettyPrinting()
                    .create()
                    .toJson(all));
            return;
        }
        System.out.printf(
                "%-24s %-12s %10s %10s %10s %8s %9s %8s %14s%n",
                "", "", "a second", "CPU s each", "peak MB", "SSIM", "SSIM 150", "KB", "ours is faster");
        all.forEach((name, row) -> row.forEach((who, figures) -> {
            double ours = row.getOrDefault("ours", Map.of()).getOrDefault("pictures_per_second", Double.NaN);
            double rate = figures.getOrDefault("pictures_per_second", Double.NaN);
            System.out.printf(
                    "%-24s %-12s %10.2f %10.3f %10.0f %8.4f %9.4f %8.0f %13.2f×%n",
                    name,
                    who,
                    rate,
                    figures.getOrDefault("cpu_seconds_per_picture", Double.NaN),
                    figures.getOrDefault("peak_megabytes", Double.NaN),
                    figures.getOrDefault("ssim", Double.NaN),
                    figures.getOrDefault("ssim_150", Double.NaN),
                    figures.getOrDefault("kilobytes", Double.NaN),
                    ours / rate);
        }));
    }
}
