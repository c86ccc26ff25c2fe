package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.queue.LaneLimits;
import dev.rekindle.queue.Queue;
import dev.rekindle.queue.QueueConfig;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lanes say to new jobs. While the queue is away jobs are taken all the same, as the database is what must not lose
 * them: nobody knows then how many wait, and what a user may have open bounds it; a lane's numbers are the last known.
 */
final class LaneRoom {
    private static final Logger log = LoggerFactory.getLogger(LaneRoom.class);

    private final Queue queue;
    private final Map<String, LaneLimits> known;

    LaneRoom(Queue queue, QueueConfig config) {
        this.queue = queue;
        this.known = new ConcurrentHashMap<>(
                config.lanes().stream().collect(Collectors.toMap(QueueConfig.Lane::name, QueueConfig.Lane::limits)));
    }

    /**
     * Refuses so many new jobs where their lane does not take them.
     *
     * @throws Failure OVERLOADED with the time after which to try again
     */
    void require(String lane, int jobs) {
        try {
            queue.requireRoom(lane, jobs);
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_UNAVAILABLE) {
                throw failure;
            }
            log.warn("The queue is away; {} jobs are taken for {} without asking it", jobs, lane);
        }
    }

    /** The numbers of a lane. */
    LaneLimits limits(String lane) {
        try {
            LaneLimits limits = queue.limits(lane);
            known.put(lane, limits);
            return limits;
        } catch (Failure failure) {
            LaneLimits last = known.get(lane);
            if (failure.reason() != Reason.REASON_UNAVAILABLE || last == null) {
                throw failure;
            }
            return last;
        }
    }
}
