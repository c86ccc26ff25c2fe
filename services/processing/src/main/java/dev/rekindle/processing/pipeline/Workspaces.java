package dev.rekindle.processing.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders to work in, one an attempt, deleted whatever happens. Those of a worker lie in a folder of its own that it
 * holds a lock on; a folder whose lock is free belonged to a worker that died, and any other worker sweeps it.
 */
public final class Workspaces implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Workspaces.class);
    private static final String PREFIX = "worker-";
    private static final String LOCK = "lock";

    private final Path root;
    private final Path own;
    private final FileChannel lockFile;

    private Workspaces(Path root, Path own, FileChannel lockFile) {
        this.root = root;
        this.own = own;
        this.lockFile = lockFile;
    }

    /** Makes this worker's folder below the root. */
    public static Workspaces open(Path root) {
        try {
            Files.createDirectories(root);
            Path own = Files.createTempDirectory(
                    root, PREFIX, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            FileChannel channel =
                    FileChannel.open(own.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            FileLock lock = channel.lock();
            if (!lock.isValid()) {
                throw new IOException("The lock of " + own + " does not hold.");
            }
            return new Workspaces(root, own, channel);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder to work in below " + root, e);
        }
    }

    /** A new, empty folder for one attempt. */
    public Workspace create() {
        try {
            return new Workspace(Files.createTempDirectory(own, "attempt-"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder to work in below " + own, e);
        }
    }

    /** The share of the disk below the root that is used, 0 to 1. */
    public double diskUsed() {
        try {
            var store = Files.getFileStore(root);
            return 1 - (double) store.getUsableSpace() / Math.max(1, store.getTotalSpace());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what workers left behind that died; answers how many there were. */
    public int sweep() {
        int swept = 0;
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, PREFIX + "*")) {
            for (Path folder : folders) {
                if (!folder.equals(own) && isOrphan(folder)) {
                    delete(folder);
                    swept++;
                }
            }
        } catch (IOException e) {
            log.warn("Cannot look for orphans below {}", root, e);
        }
        return swept;
    }

    private static boolean isOrphan(Path folder) {
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            // No lock file: its owner is just making it, or died between the two.
            return false;
        }
    }

    /** A folder of one attempt: close it and it is gone, with all that is in it. */
    public static final class Workspace implements AutoCloseable {
        private final Path folder;

        private Workspace(Path folder) {
            this.folder = folder;
        }

        /** A file of that name in the folder; it need not exist. */
        public Path file(String name) {
            return folder.resolve(name);
        }

        @Override
        public void close() {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path directory, @org.jspecify.annotations.Nullable IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // another sweeper was faster
        } catch (IOException e) {
            log.warn("Could not delete {}", folder, e);
        }
    }

    @Override
    public void close() {
        try (lockFile) {
            delete(own);
        } catch (IOException e) {
            log.warn("Could not release {}", own, e);
        }
    }
}
