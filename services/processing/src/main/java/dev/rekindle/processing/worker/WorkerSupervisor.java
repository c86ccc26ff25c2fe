package dev.rekindle.processing.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps so many worker processes alive: starts them with limits of memory, starts another when one dies, waiting longer
 * each time it dies young, and ends them all when it is closed. A worker outlives its supervisor by seconds only: it ends
 * when its standard input does.
 */
public final class WorkerSupervisor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WorkerSupervisor.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
    private static final Duration GROWN_UP = Duration.ofMinutes(1);
    private static final int EXIT_DRAINED = 0;
    private static final int EXIT_BAD_SETTINGS = 2;
    private static final int WORKERS_MAX = 256;

    /**
     * How workers are started.
     *
     * @param java the program to run
     * @param classPath with {@link WorkerMain} and all it needs
     * @param jvmOptions more options of the JVM, like a start-up cache; limits of memory are not among them
     * @param heapBytes Java heap of each
     * @param memoryBytes native memory that the jobs of each may take; the worker gets it as a setting too
     * @param endMax how long they may take to end before they are killed
     * @param settings of the worker with that number, by key; worker.id and the like included
     */
    public record Config(
            Path java,
            String classPath,
            List<String> jvmOptions,
            long heapBytes,
            long memoryBytes,
            Duration endMax,
            IntFunction<Map<String, String>> settings) {}

    private final Config config;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Slot> slots = new ArrayList<>();
    private final List<Slot> leaving = new ArrayList<>();
    private int wanted;
    private boolean closed;

    /** One place for a worker; its thread starts process after process. */
    private static final class Slot {
        private final int number;
        private final Thread thread;
        private @Nullable Process process;
        private boolean givenUp;

        Slot(int number, java.util.function.Consumer<Slot> keep) {
            this.number = number;
            this.thread = Thread.ofVirtual().name("worker-slot-" + number).unstarted(() -> keep.accept(this));
        }
    }

    private WorkerSupervisor(Config config) {
        this.config = config;
    }

    /** Starts that many workers. It does not wait until they are ready. */
    public static WorkerSupervisor start(Config config, int workers) {
        WorkerSupervisor supervisor = new WorkerSupervisor(config);
        supervisor.scale(workers);
        return supervisor;
    }

    /** Keeps that many workers from now on. Those too many drain: they finish what they hold. */
    public void scale(int workers) {
        if (workers < 0 || workers > WORKERS_MAX) {
            throw new IllegalArgumentException("workers is " + workers + "; expected 0 to " + WORKERS_MAX + ".");
        }
        lock.lock();
        try {
            if (closed) {
                return;
            }
            wanted = workers;
            while (slots.size() > workers) {
                Slot slot = slots.removeLast();
                if (slot.process != null) {
                    slot.process.destroy();
                    leaving.add(slot);
                }
            }
            leaving.removeIf(slot -> slot.process == null || !slot.process.isAlive());
            while (slots.size() < workers) {
                Slot slot = new Slot(freeNumber(), this::keep);
                slots.add(slot);
                slot.thread.start();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The lowest number that no worker has, be it one that still leaves: two of one number would share a folder. */
    private int freeNumber() {
        int number = 0;
        while (hasNumber(number)) {
            number++;
        }
        return number;
    }

    private boolean hasNumber(int number) {
        return slots.stream().anyMatch(slot -> slot.number == number)
                || leaving.stream().anyMatch(slot -> slot.number == number);
    }

    /** The numbers of the workers that are kept, a worker that drains being one until it has ended. */
    public List<Integer> numbers() {
        lock.lock();
        try {
            return slots.stream().map(slot -> slot.number).toList();
        } finally {
            lock.unlock();
        }
    }

    /** How many workers are wanted. */
    public int wanted() {
        lock.lock();
        try {
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    /** Process ids of the workers that run. */
    public List<Long> pids() {
        lock.lock();
        try {
            return slots.stream()
                    .map(slot -> slot.process)
                    .filter(process -> process != null && process.isAlive())
                    .map(Process::pid)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** True if a worker's settings are wrong, so that starting it again is of no use. */
    public boolean hasGivenUp() {
        lock.lock();
        try {
            return slots.stream().anyMatch(slot -> slot.givenUp);
        } finally {
            lock.unlock();
        }
    }

    private void keep(Slot slot) {
        Duration pause = FIRST_PAUSE;
        while (isWanted(slot)) {
            long begin = System.nanoTime();
            int exit = runOnce(slot);
            if (exit == EXIT_BAD_SETTINGS || exit == EXIT_DRAINED) {
                giveUp(slot, exit);
                return;
            }
            boolean young = System.nanoTime() - begin < GROWN_UP.toNanos();
            pause = young ? pause : FIRST_PAUSE;
            if (isWanted(slot)) {
                log.warn("Worker {} ended with code {}; another starts in {} ms", slot.number, exit, pause.toMillis());
            }
            if (!sleep(slot, pause)) {
                return;
            }
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : doubled;
        }
    }

    private void giveUp(Slot slot, int exit) {
        lock.lock();
        try {
            if (exit == EXIT_BAD_SETTINGS) {
                slot.givenUp = true;
                log.error("Worker {} does not accept its settings and is not started again", slot.number);
            } else if (slots.contains(slot) && !closed) {
                log.info("Worker {} was drained and is not started again", slot.number);
                slots.remove(slot);
                wanted = slots.size();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isWanted(Slot slot) {
        lock.lock();
        try {
            return !closed && slots.contains(slot);
        } finally {
            lock.unlock();
        }
    }

    private boolean sleep(Slot slot, Duration pause) {
        lock.lock();
        try {
            long nanos = pause.toNanos();
            while (nanos > 0 && !closed && slots.contains(slot)) {
                nanos = changed.awaitNanos(nanos);
            }
            return !closed && slots.contains(slot);
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Runs one process to its end; answers its exit code. */
    private int runOnce(Slot slot) {
        Process process;
        lock.lock();
        try {
            if (closed || !slots.contains(slot)) {
                return EXIT_DRAINED;
            }
            process = WorkerProcess.start(config, slot.number);
            slot.process = process;
        } catch (IOException e) {
            log.error("Worker {} cannot be started", slot.number, e);
            return -1;
        } finally {
            lock.unlock();
        }
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            return -1;
        }
    }

    /** Tells all workers to end, waits, and kills those that do not. */
    @Override
    public void close() {
        List<Process> ending;
        lock.lock();
        try {
            closed = true;
            ending = new ArrayList<>();
            leaving.stream().map(slot -> slot.process).filter(Objects::nonNull).forEach(ending::add);
            slots.forEach(slot -> {
                if (slot.process != null) {
                    slot.process.destroy();
                    ending.add(slot.process);
                }
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        long deadline = System.nanoTime() + config.endMax().toNanos();
        ending.forEach(process -> await(process, deadline));
    }

    private static void await(Process process, long deadline) {
        try {
            long left = Math.max(0, deadline - System.nanoTime());
            if (!process.waitFor(left, TimeUnit.NANOSECONDS)) {
                log.warn("Worker process {} did not end and is killed", process.pid());
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** True if that program can be run here. */
    static boolean isProgram(Path path) {
        return Files.isExecutable(path);
    }
}
