package dev.rekindle.bench.mesh;

import dev.rekindle.platform.Loop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** The system's clock, ahead or behind by what a file says in milliseconds; right where there is no file. */
final class WrongClock extends Clock {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Clock right;
    private final Path file;
    private volatile long aheadMillis;

    private WrongClock(Clock right, Path file) {
        this.right = right;
        this.file = file;
    }

    /** Follows the file for as long as the process lives. */
    @SuppressWarnings("resource") // The loop ends with the process.
    static Clock saidBy(Path file) throws IOException {
        WrongClock clock = new WrongClock(Clock.systemUTC(), file);
        clock.look();
        Loop.start("clock", LOOK_EVERY, () -> {
            clock.look();
            return false;
        });
        return clock;
    }

    /** Puts the clocks that follow the file ahead by so much, behind if it is negative. */
    static void put(Path file, Duration ahead) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, String.valueOf(ahead.toMillis()));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void look() throws IOException {
        try {
            aheadMillis = Long.parseLong(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            aheadMillis = 0;
        }
    }

    @Override
    public Instant instant() {
        return right.instant().plusMillis(aheadMillis);
    }

    @Override
    public ZoneId getZone() {
        return right.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("All times here are UTC.");
    }
}
