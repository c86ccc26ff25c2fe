package dev.rekindle.bench.image;

import com.google.gson.Gson;
import com.sun.management.OperatingSystemMXBean;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.processing.picture.Natives;
import dev.rekindle.processing.picture.OutputFormat;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.picture.PictureEncoder.Compression;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** A process of its own, as a worker is: what an image job does between fetching and storing. */
final class OurImages {
    private OurImages() {}

    /** Task, file, folder for what is written, pictures, how many at a time. */
    public static void main(String[] arguments) throws Exception {
        Task task = Task.valueOf(arguments[0]);
        Path file = Path.of(arguments[1]);
        Path folder = Path.of(arguments[2]);
        int pictures = Integer.parseInt(arguments[3]);
        int parallel = Integer.parseInt(arguments[4]);
        Natives.load(1);
        many(task, file, folder, parallel, parallel);
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long begun = System.nanoTime();
        many(task, file, folder, pictures, parallel);
        double seconds = (System.nanoTime() - begun) / 1e9;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("pictures_per_second", pictures / seconds);
        figures.put("cpu_seconds_per_picture", (system.getProcessCpuTime() - cpu) / 1e9 / pictures);
        figures.put("peak_megabytes", Peak.megabytes(ProcessHandle.current().pid()));
        System.out.println(new Gson().toJson(figures));
    }

    private static void many(Task task, Path file, Path folder, int pictures, int parallel) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(parallel)) {
            for (Future<?> done : IntStream.range(0, pictures)
                    .mapToObj(_ -> threads.submit(() -> once(task, file, folder)))
                    .toList()) {
                done.get();
            }
        }
    }

    private static void once(Task task, Path file, Path folder) {
        Stop stop = new Stop();
        MediaHeader header = MediaHeader.read(ByteSource.ofFile(file), limits(file));
        try (Picture photo = PictureDecoder.decode(file, header, 3 * Task.SIDE / 4, stop)) {
            switch (task) {
                case RESIZE ->
                    write(photo, header, Task.SIDE, OutputFormat.JPEG, new Compression(85, false, true), folder);
                case THUMBNAILS -> {
                    for (int side : Task.SIDES) {
                        write(photo, header, side, OutputFormat.JPEG, new Compression(85, false, true), folder);
                    }
                }
                case WEBP ->
                    write(photo, header, Task.SIDE, OutputFormat.WEBP, new Compression(80, false, false), folder);
                case AVIF ->
                    write(photo, header, Task.SIDE, OutputFormat.AVIF, new Compression(64, false, false), folder);
            }
        }
    }

    private static MediaLimits limits(Path file) {
        try {
            return MediaLimits.photos().withBytesMax(Files.size(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(
            Picture photo, MediaHeader header, int side, OutputFormat format, Compression how, Path folder) {
        PictureSize whole =
                new PictureSize(header.metadata().getWidth(), header.metadata().getHeight());
        ImageOutputSpec output =
                ImageOutputSpec.newBuilder().setWidth(side).setHeight(side).build();
        Resizing resizing = new Resizing(
                photo.width(), photo.height(), Resizing.of(output, whole).size());
        try (Picture made = photo.resized(resizing, 0, 0, Interpolation.INTERPOLATION_UNSPECIFIED)) {
            String name = side + "-" + Thread.currentThread().threadId() + "." + format.extension();
            PictureEncoder.write(made, format, how, folder.resolve(name));
            Files.move(
                    folder.resolve(name),
                    folder.resolve(side + "." + format.extension()),
                    java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
