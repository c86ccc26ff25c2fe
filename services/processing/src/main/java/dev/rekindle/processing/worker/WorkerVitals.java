package dev.rekindle.processing.worker;

import com.google.protobuf.Timestamp;
import com.sun.management.OperatingSystemMXBean;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.processing.v1.Engine;
import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerRoom;
import dev.rekindle.processing.v1.WorkerState;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What a worker says of itself: who it is, what it has done, what it uses. */
final class WorkerVitals {
    private final WorkerConfig.Identity identity;
    private final Headroom headroom;
    private final CircuitBreaker storage;
    private final Clock clock;
    private final Instant begin;
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile Supplier<List<Engine>> engines = List::of;

    WorkerVitals(WorkerConfig.Identity identity, Headroom headroom, CircuitBreaker storage, Clock clock) {
        this.identity = identity;
        this.headroom = headroom;
        this.storage = storage;
        this.clock = clock;
        this.begin = clock.instant();
    }

    /** Says what engines it has, from now on. */
    void tell(Supplier<List<Engine>> loaded) {
        engines = loaded;
    }

    Clock clock() {
        return clock;
    }

    /** How many jobs may be held now, where that many are wanted: one tries whether the store is back. */
    int jobsMax(int concurrency) {
        int byRoom = switch (headroom.room()) {
            case PLENTY -> concurrency;
            case LITTLE -> 1;
            case NONE -> 0;
        };
        return switch (storage.state()) {
            case CLOSED -> byRoom;
            case HALF_OPEN -> Math.min(1, byRoom);
            case OPEN -> 0;
        };
    }

    void count(RunJob.Outcome outcome) {
        switch (outcome) {
            case COMPLETED -> completed.incrementAndGet();
            case FAILED -> failed.incrementAndGet();
            case CANCELLED, LEFT -> {
                // neither well nor badly done
            }
        }
    }

    /** The record for the registry. */
    Worker describe(WorkerState state, int concurrency, Set<String> jobIds) {
        double load =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuLoad();
        return Worker.newBuilder()
                .setId(identity.id())
                .setState(state)
                .setHost(identity.host())
                .setPid(ProcessHandle.current().pid())
                .addAllCapabilities(identity.kinds())
                .setConcurrency(concurrency)
                .addAllJobIds(jobIds)
                .setMemoryBytesMax(identity.memoryBytes())
                .setMemoryBytesUsed(Headroom.memoryBytesUsed())
                .setCpuLoad(Math.max(0, load))
                .setJobsCompleted(completed.get())
                .setJobsFailed(failed.get())
                .setStartTime(timestamp(begin))
                .setRoom(roomOf(headroom.room()))
                .addAllEngines(engines.get())
                .setHeartbeatTime(timestamp(clock.instant()))
                .build();
    }

    private static WorkerRoom roomOf(Headroom.Room room) {
        return switch (room) {
            case PLENTY -> WorkerRoom.WORKER_ROOM_PLENTY;
            case LITTLE -> WorkerRoom.WORKER_ROOM_LITTLE;
            case NONE -> WorkerRoom.WORKER_ROOM_NONE;
        };
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
