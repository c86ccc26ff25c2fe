package dev.rekindle.app;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/**
 * Starts everything once in a folder of its own, restores one picture and ends it, so that the JVMs can note what
 * starting and a first job need.
 */
@Command(name = "train", hidden = true, description = "Used by the build to make starting fast.")
final class TrainCommand implements Callable<Integer> {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("rekindle-train-");
        UpCommand.logTo(data);
        try (OneMachine machine = OneMachine.start(
                        new OneMachine.Options("127.0.0.1", 0, data, Where.home(), WorkerRange.of(1)));
                LocalSession session = new LocalSession(machine.secrets(), machine.port())) {
            System.out.println("Started once at port " + machine.port());
            RestorePhoto restore = new RestorePhoto(session, true, 1.0);
            restore.prepareAccount(1);
            return restore.run(picture(data), data) ? 0 : 1;
        } finally {
            Files.walkFileTree(data, new Deletion());
        }
    }

    /** Deletes a tree; a file that a store which ends takes away itself is no mistake. */
    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }

    private static Path picture(Path folder) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.LIGHT_GRAY, WIDTH, HEIGHT, Color.DARK_GRAY));
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        graphics.dispose();
        Path file = folder.resolve("train.jpg");
        ImageIO.write(image, "jpg", file.toFile());
        return file;
    }
}
