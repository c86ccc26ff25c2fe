package dev.rekindle.bench.mesh;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.ListEventsRequest;
import dev.rekindle.events.v1.ListEventsResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Invariant 3: what has ended stays as it ended, in the database, in the log of events and in what people saw. */
final class OrderCheck extends Check {
    private static final int EVENT_LOOKS = 40;

    private final Sql sql;
    private final Crowd crowd;
    private final Diary diary;
    private int events;

    OrderCheck(Sql sql, Crowd crowd, Diary diary) {
        super("3");
        this.sql = sql;
        this.crowd = crowd;
        this.diary = diary;
    }

    int events() {
        return events;
    }

    @Override
    void look() throws Exception {
        Map<String, NavigableMap<Long, JobState>> truth = new HashMap<>();
        sql.rows("select job_id, revision, snapshot from jobs.job_changes", row -> {
            truth.computeIfAbsent(row.getString(1), id -> new TreeMap<>())
                    .put(row.getLong(2), state(row.getString(1), row.getBytes(3)));
            return true;
        });
        truth.forEach(this::checkSteps);
        diary.sightings().forEach((id, seen) -> checkSeen(id, seen, truth.getOrDefault(id, new TreeMap<>())));
        for (Caller caller : crowd.callers().values()) {
            checkEvents(caller, truth);
        }
    }

    private JobState state(String id, byte[] snapshot) {
        try {
            return Job.parseFrom(snapshot).getState();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            violated(id, "has a snapshot that cannot be read");
            return JobState.JOB_STATE_UNSPECIFIED;
        }
    }

    private void checkSteps(String id, NavigableMap<Long, JobState> steps) {
        JobState before = JobState.JOB_STATE_UNSPECIFIED;
        for (Map.Entry<Long, JobState> step : steps.entrySet()) {
            JobState now = step.getValue();
            boolean changed = JobWatcher.isTerminal(before) && now != before;
            boolean retried =
                    before == JobState.JOB_STATE_FAILED && now == JobState.JOB_STATE_PENDING && diary.wasRetried(id);
            if (changed && !retried) {
                violated(id, "ended " + before + " and was " + now + " at revision " + step.getKey());
            }
            before = now;
        }
    }

    /** Whatever was seen at a revision, the database had it so. */
    private void checkSeen(String id, NavigableMap<Long, JobState> seen, NavigableMap<Long, JobState> truth) {
        seen.forEach((revision, state) -> {
            JobState was = truth.get(revision);
            if (was == null && revision > 1) {
                violated(id, "was seen " + state + " at revision " + revision + ", which there is not");
            } else if (was != null && was != state) {
                violated(id, "was seen " + state + " at revision " + revision + ", which was " + was);
            }
        });
    }

    private void checkEvents(Caller caller, Map<String, NavigableMap<Long, JobState>> truth)
            throws InterruptedException {
        Set<String> known = new HashSet<>();
        Map<String, Long> revisions = new HashMap<>();
        Map<String, JobState> last = new HashMap<>();
        for (Event event : all(caller)) {
            events++;
            if (!known.add(event.getId())) {
                violated(event.getId(), "is in the log twice");
            }
            if (!event.getUserId().equals(caller.user())) {
                violated("6", event.getId(), "is of " + event.getUserId() + " and listed for " + caller.user());
            }
            if (event.hasJob()
                    && event.getType().startsWith("job.")
                    && event.getJob().getRevision() > 0) {
                long revision = event.getJob().getRevision();
                Long before = revisions.put(event.getJobId(), revision);
                if (before != null && before > revision) {
                    violated(
                            event.getJobId(),
                            "has events of revision " + before + " before one of " + revision + ": " + event.getType());
                }
                last.put(
                        event.getJobId(),
                        JobState.valueOf("JOB_STATE_" + event.getJob().getState()));
            }
        }
        last.forEach((id, state) -> {
            NavigableMap<Long, JobState> steps = truth.get(id);
            if (steps != null && steps.lastEntry().getValue() != state) {
                violated(id, "is " + steps.lastEntry().getValue() + " and its last event says " + state);
            }
        });
        awaitTold(caller, known);
    }

    /** A reader that resumes misses nothing: whatever is in the log was told. */
    private void awaitTold(Caller caller, Set<String> known) throws InterruptedException {
        EventReader reader = crowd.readers().get(caller.user());
        Set<String> missing = new HashSet<>(known);
        for (int look = 0; look < EVENT_LOOKS && reader != null; look++) {
            missing.removeAll(reader.seen());
            if (missing.isEmpty()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
        violated(
                caller.user(),
                "was never told " + missing.size() + " of " + known.size() + " events: "
                        + missing.stream().limit(5).toList());
    }

    private static List<Event> all(Caller caller) throws InterruptedException {
        List<Event> events = new ArrayList<>();
        String page = "";
        do {
            String token = page;
            ListEventsResponse response = caller.patiently(() -> caller.events()
                    .listEvents(ListEventsRequest.newBuilder()
                            .setPageSize(100)
                            .setPageToken(token)
                            .build()));
            events.addAll(response.getEventsList());
            page = response.getNextPageToken();
        } while (!page.isEmpty());
        return events;
    }
}
