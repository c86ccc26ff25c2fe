package dev.rekindle.processing.worker;

import dev.rekindle.processing.pipeline.Workspaces;
import org.bytedeco.javacpp.Pointer;

/** Whether the machine has room for more work: disk and memory, each with a line to be careful at and one to stop at. */
final class Headroom {
    private static final double DISK_CAREFUL = 0.80;
    private static final double DISK_FULL = 0.90;
    private static final double MEMORY_CAREFUL = 0.85;
    private static final double MEMORY_FULL = 0.95;

    private final Workspaces workspaces;
    private final long memoryBytesMax;

    /** How much work may begin. */
    enum Room {
        PLENTY,
        /** One job at a time. */
        LITTLE,
        NONE
    }

    Headroom(Workspaces workspaces, long memoryBytesMax) {
        this.workspaces = workspaces;
        this.memoryBytesMax = memoryBytesMax;
    }

    Room room() {
        return room(workspaces.diskUsed(), (double) memoryBytesUsed() / memoryBytesMax);
    }

    static Room room(double diskUsed, double memoryUsed) {
        if (diskUsed >= DISK_FULL || memoryUsed >= MEMORY_FULL) {
            return Room.NONE;
        }
        return diskUsed >= DISK_CAREFUL || memoryUsed >= MEMORY_CAREFUL ? Room.LITTLE : Room.PLENTY;
    }

    /** Memory of this process that lies in RAM. */
    static long memoryBytesUsed() {
        return Pointer.physicalBytes();
    }
}
