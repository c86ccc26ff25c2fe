package dev.rekindle.gateway.rest;

import com.google.gson.JsonObject;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.platform.rpc.Reasons;
import java.util.Locale;

/** How far a job is, in few words: for displays, scripts and slow lines. */
final class JobStatus {
    private static final String STATE_PREFIX = "JOB_STATE_";

    private JobStatus() {}

    /** A small JSON object of what there is to tell. */
    static String compact(Job job) {
        JsonObject json = new JsonObject();
        json.addProperty("id", job.getId());
        json.addProperty("state", state(job));
        json.addProperty("percent", job.getProgress().getPercent());
        if (!job.getProgress().getStage().isEmpty()) {
            json.addProperty("stage", job.getProgress().getStage());
        }
        if (job.hasQueue()) {
            json.addProperty("position", job.getQueue().getPosition());
        }
        if (job.hasError()) {
            json.addProperty("reason", Reasons.nameOf(job.getError().getReason()));
        }
        return json.toString();
    }

    /** The same as lines of {@code name: value}. */
    static String text(Job job) {
        StringBuilder text = new StringBuilder();
        add(text, "id", job.getId());
        add(text, "state", state(job));
        add(
                text,
                "percent",
                String.format(Locale.ROOT, "%.1f", job.getProgress().getPercent()));
        add(text, "stage", job.getProgress().getStage());
        if (job.hasQueue()) {
            add(text, "position", String.valueOf(job.getQueue().getPosition()));
        }
        if (job.hasError()) {
            add(text, "reason", Reasons.nameOf(job.getError().getReason()));
            add(text, "message", job.getError().getMessage());
        }
        return text.toString();
    }

    private static String state(Job job) {
        return job.getState().name().replace(STATE_PREFIX, "");
    }

    private static void add(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(name).append(": ").append(value.replaceAll("\\R", " ")).append('\n');
        }
    }
}
