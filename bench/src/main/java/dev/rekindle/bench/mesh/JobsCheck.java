package dev.rekindle.bench.mesh;

import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.Job;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Invariant 1: every accepted job is there, has ended, and is the same wherever one looks; one key has one answer. */
final class JobsCheck extends Check {
    private final Sql sql;
    private final Crowd crowd;
    private final Diary diary;
    private final Map<String, Integer> states = new HashMap<>();

    JobsCheck(Sql sql, Crowd crowd, Diary diary) {
        super("1");
        this.sql = sql;
        this.crowd = crowd;
        this.diary = diary;
    }

    /** Jobs by the state they ended in, preparation included. */
    Map<String, Integer> states() {
        return states;
    }

    @Override
    void look() throws Exception {
        Map<String, String> rows = new HashMap<>();
        sql.rows("select id, state from jobs.jobs", row -> rows.put(row.getString(1), row.getString(2)));
        rows.forEach((id, state) -> {
            states.merge(state, 1, Integer::sum);
            if (!Set.of("COMPLETED", "FAILED", "CANCELLED").contains(state)) {
                violated(id, "has not ended: it is " + state);
            }
        });
        for (Map.Entry<String, String> accepted : diary.jobs().entrySet()) {
            String id = accepted.getKey();
            String state = rows.get(id);
            if (state == null) {
                violated(id, "was accepted for " + accepted.getValue() + " and is gone");
            } else {
                ask(id, accepted.getValue(), state);
            }
        }
        diary.answersByKey().forEach((key, ids) -> {
            if (ids.size() > 1 && !key.contains("/retry/")) {
                violated("idempotency", key, "was answered with " + ids);
            }
        });
    }

    private void ask(String id, String owner, String state) throws InterruptedException {
        Caller caller = crowd.caller(owner);
        try {
            Job job = caller.patiently(() -> caller.jobs()
                            .getJob(GetJobRequest.newBuilder().setJobId(id).build()))
                    .getJob();
            diary.saw(owner, job);
            if (!job.getState().name().equals("JOB_STATE_" + state)) {
                violated(id, "is " + state + " in the database and " + job.getState() + " for its owner");
            }
        } catch (StatusRuntimeException e) {
            violated(id, "is " + state + " and its owner is told " + e.getMessage());
        }
    }
}
