package dev.rekindle.bench.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** ImageMagick as it is used: one process a picture. */
final class Magick {
    private static final int LOOK_EVERY_MILLIS = 10;

    private Magick() {}

    /** What one process used. */
    private record Used(double cpuSeconds, double peakMegabytes) {}

    static boolean isThere() throws InterruptedException {
        return run(List.of("convert", "-version"));
    }

    /** True if the command is there and ends well. */
    static boolean run(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static Map<String, Double> measure(Task task, Path file, Path folder, int pictures, int parallel) throws Exception {
        List<String> command = command(task, file, folder);
        long begun = System.nanoTime();
        double cpu = 0;
        double peak = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(parallel)) {
            List<Future<Used>> running = IntStream.range(0, pictures)
                    .mapToObj(_ -> threads.submit(() -> once(command)))
                    .toList();
            for (Future<Used> one : running) {
                cpu += one.get().cpuSeconds();
                peak = Math.max(peak, one.get().peakMegabytes());
            }
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("pictures_per_second", pictures / ((System.nanoTime() - begun) / 1e9));
        figures.put("cpu_seconds_per_picture", cpu / pictures);
        figures.put("peak_megabytes", peak * parallel);
        return figures;
    }

    private static Used once(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("MAGICK_THREAD_LIMIT", "1");
        Process process =
                builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        double cpu = 0;
        double peak = 0;
        // Looked at while it runs: what it used last is missed by the time between two looks.
        while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
            peak = Math.max(
                    peak,
                    tree(process.toHandle())
                            .mapToDouble(one -> {
                                double megabytes = Peak.megabytes(one.pid());
                                return Double.isNaN(megabytes) ? 0 : megabytes;
                            })
                            .max()
                            .orElse(0));
            cpu = Math.max(
                    cpu,
                    tree(process.toHandle())
                            .mapToDouble(one -> one.info()
                                    .totalCpuDuration()
                                    .map(duration -> duration.toNanos() / 1e9)
                                    .orElse(0.0))
                            .sum());
        }
        if (process.exitValue() != 0) {
            throw new IOException("ImageMagick ended with " + process.exitValue() + ": " + command);
        }
        return new Used(cpu, peak);
    }

    private static java.util.stream.Stream<ProcessHandle> tree(ProcessHandle process) {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(process), process.descendants());
    }

    private static List<String> command(Task task, Path file, Path folder) {
        List<String> command = new ArrayList<>(List.of(
                "convert", "-define", "jpeg:size=2560x2560", file.toString(), "-auto-orient", "-interlace", "JPEG"));
        switch (task) {
            case THUMBNAILS -> {
                for (int side : Task.SIDES) {
                    command.addAll(List.of("(", "+clone", "-resize", side + "x" + side, "-quality", "85", "-write"));
                    command.addAll(List.of(folder.resolve(side + ".jpg").toString(), "+delete", ")"));
                }
                command.add("null:");
            }
            case RESIZE, WEBP, AVIF -> {
                command.addAll(List.of("-resize", Task.SIDE + "x" + Task.SIDE, "-quality"));
                command.addAll(List.of(
                        switch (task) {
                            case RESIZE, THUMBNAILS -> "85";
                            case WEBP -> "80";
                            case AVIF -> "64";
                        },
                        folder.resolve(task.judged()).toString()));
            }
        }
        return command;
    }
}
