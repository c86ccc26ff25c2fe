package dev.rekindle.queue;

import dev.rekindle.processing.v1.Worker;
import dev.rekindle.processing.v1.WorkerRoom;
import java.util.List;

/**
 * How much work there is, and how many can do it.
 *
 * @param waiting jobs that wait in lanes that are not paused
 * @param active jobs that run
 * @param parallel so many jobs the caps of the lanes would let run at once of those that wait and run
 * @param places jobs the workers can run at once
 * @param workers that take jobs
 * @param full workers whose machines have no room for more
 */
public record WorkLoad(long waiting, long active, long parallel, int places, int workers, int full) {

    static WorkLoad of(List<LaneState> lanes, List<Worker> workers) {
        List<Worker> taking = workers.stream()
                .filter(worker -> WorkerRegistry.takesJobs(worker.getState()))
                .toList();
        return new WorkLoad(
                lanes.stream().mapToLong(WorkLoad::waitingOf).sum(),
                lanes.stream().mapToLong(LaneState::active).sum(),
                lanes.stream()
                        .mapToLong(lane -> Math.min(lane.limits().activeMax(), waitingOf(lane) + lane.active()))
                        .sum(),
                taking.stream().mapToInt(Worker::getConcurrency).sum(),
                taking.size(),
                (int) taking.stream()
                        .filter(worker -> worker.getRoom() == WorkerRoom.WORKER_ROOM_NONE)
                        .count());
    }

    private static long waitingOf(LaneState lane) {
        return lane.mode() == LaneState.Mode.PAUSED ? 0 : lane.waitingTotal();
    }

    /** Jobs waiting and running for each place; without workers, as if there were one place. */
    public double perPlace() {
        return (double) (waiting + active) / Math.max(1, places);
    }

    /** True if there are workers and none of them has room for more work. */
    public boolean isFull() {
        return workers > 0 && full == workers;
    }
}
