package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves waiting jobs to where their users' tiers would put them now: the lane of the tier, and no higher priority than it
 * allows. What was promised otherwise at creation (price, size, attempts) stays as it was. A change is committed with
 * the debt to move the job in the queue.
 */
final class RebalanceLanes {
    private static final Logger log = LoggerFactory.getLogger(RebalanceLanes.class);
    private static final int USERS_PAGE = 500;
    private static final int JOBS_PAGE = 500;
    private static final UUID FIRST = new UUID(0, 0);

    private final Database database;
    private final JobStore jobs;
    private final ChangeJob change;
    private final Peers peers;
    private String lastUser = "";

    RebalanceLanes(Database database, JobStore jobs, ChangeJob change, Peers peers) {
        this.database = database;
        this.jobs = jobs;
        this.change = change;
        this.peers = peers;
    }

    /** Where a job would wait now. */
    private record Place(String lane, Tier tier, int priority) {
        static Place of(JobsRecord job, Peers.Terms terms) {
            Tier tier = terms.limits().getTier();
            boolean ours = job.getType().equals("PREPARATION"); // its priority is the server's choice
            int priority = ours
                    ? job.getPriority()
                    : Math.min(job.getPriority(), terms.limits().getPriorityMax());
            return new Place(JobTypes.laneOf(tier), tier, priority);
        }

        boolean isOf(JobsRecord job) {
            return lane.equals(job.getLane()) && priority == job.getPriority();
        }
    }

    /** Moves the waiting jobs of all users. Answers how many were moved. */
    int all() {
        int moved = 0;
        String after = "";
        while (true) {
            List<String> users = jobs.waitingUsers(database.sql(), after, USERS_PAGE);
            for (String userId : users) {
                moved += unlessClosed(userId);
            }
            if (users.size() < USERS_PAGE) {
                return moved;
            }
            after = users.getLast();
        }
    }

    /** An account that is being erased has no terms any more, and its jobs are about to be cancelled. */
    private int unlessClosed(String userId) {
        try {
            return of(userId);
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_STATE_CONFLICT) {
                throw failure;
            }
            return 0;
        }
    }

    /** Moves the waiting jobs of one user. Who has none is not asked about: that would open an account for a name misspelt. */
    int of(String userId) {
        if (jobs.waitingOf(database.sql(), userId, FIRST, 1).isEmpty()) {
            return 0;
        }
        Peers.Terms terms = peers.terms(userId);
        int moved = 0;
        UUID after = FIRST;
        List<JobsRecord> page;
        do {
            page = jobs.waitingOf(database.sql(), userId, after, JOBS_PAGE);
            for (JobsRecord job : page) {
                moved += !Place.of(job, terms).isOf(job) && move(job.getId(), terms) ? 1 : 0;
                after = job.getId();
            }
        } while (page.size() == JOBS_PAGE);
        return moved;
    }

    private boolean move(UUID jobId, Peers.Terms terms) {
        boolean[] moved = {false};
        change.run(jobId, (sql, job) -> {
            Optional<ChangeJob.Change> decided = decide(job, Place.of(job, terms));
            moved[0] = decided.isPresent();
            return orNull(decided);
        });
        return moved[0];
    }

    private static ChangeJob.@Nullable Change orNull(Optional<ChangeJob.Change> decided) {
        return decided.orElse(null);
    }

    private static Optional<ChangeJob.Change> decide(JobsRecord job, Place place) {
        if (!JobViews.waits(JobViews.stateOf(job)) || job.getCancelRequestedAt() != null || place.isOf(job)) {
            return Optional.empty();
        }
        job.setLane(place.lane());
        job.setTier(place.tier().name());
        job.setPriority(place.priority());
        return Optional.of(new ChangeJob.Change("job.moved", Debts.move(job)));
    }

    /** Looks after the next users in turn. Never asks to be run again at once: credits has other callers. */
    boolean run() {
        List<String> users = jobs.waitingUsers(database.sql(), lastUser, USERS_PAGE);
        int moved = 0;
        for (String userId : users) {
            try {
                moved += of(userId);
            } catch (Failure failure) {
                log.info("The jobs of {} are not looked after: {}", userId, failure.message());
            }
        }
        lastUser = users.size() == USERS_PAGE ? users.getLast() : "";
        if (moved > 0) {
            log.info("{} waiting jobs were moved to the lanes of their users' tiers", moved);
        }
        return false;
    }
}
