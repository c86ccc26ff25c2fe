package dev.rekindle.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The folder that holds all data of one Rekindle on one machine. One process at a time has it, by a lock. */
final class DataFolder implements AutoCloseable {
    private final Path folder;
    private final FileChannel channel;

    private DataFolder(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Takes the folder; made where it is not there.
     *
     * @throws CannotStart if another process has it, or it cannot be written
     */
    static DataFolder take(Path path) {
        Path folder = path.toAbsolutePath().normalize();
        Path lockFile = folder.resolve("lock");
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            FileChannel channel = FileChannel.open(
                    lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                String holder = Files.readString(lockFile).strip();
                channel.close();
                throw new CannotStart("The data folder " + folder + " is in use by process " + holder
                        + ". Stop it, or choose another folder with --data.");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(
                    String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new DataFolder(folder, channel);
        } catch (IOException e) {
            throw new CannotStart("The data folder " + folder + " cannot be used: " + e.getMessage());
        }
    }

    /** The id of the process that has the folder now; null if none has. */
    static @Nullable Long holder(Path folder) {
        Path lockFile = folder.toAbsolutePath().normalize().resolve("lock");
        if (!Files.exists(lockFile)) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                lock.release();
                return null;
            }
            return Long.valueOf(Files.readString(lockFile).strip());
        } catch (OverlappingFileLockException e) {
            return ProcessHandle.current().pid(); // this very process has it
        } catch (IOException | NumberFormatException e) {
            return null;
        }
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
