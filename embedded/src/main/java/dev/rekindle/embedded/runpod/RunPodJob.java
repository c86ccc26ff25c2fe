package dev.rekindle.embedded.runpod;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** One job of the stand-in. Its state follows from the time, what its fault is, and whether its picture is ready. */
final class RunPodJob {
    private static final double COST_USD = 0.02;
    private static final double FILM_COST_USD = 0.5;

    private final String id;
    private final JsonObject input;
    private final String webhook;
    private final RunPodFault fault;
    private final Instant submitted;
    private final RunPodServer.Config config;
    private byte @Nullable [] result;
    private String error = "";
    private @Nullable Instant cancelled;
    private @Nullable Instant ended;
    private int looks;
    private int completedLooks;
    private int fetches;

    /** @param webhook where its end is to be told; empty: nowhere */
    RunPodJob(
            String id,
            JsonObject input,
            String webhook,
            RunPodFault fault,
            Instant submitted,
            RunPodServer.Config config) {
        this.id = id;
        this.input = input;
        this.webhook = webhook;
        this.fault = fault;
        this.submitted = submitted;
        this.config = config;
    }

    String id() {
        return id;
    }

    JsonObject input() {
        return input;
    }

    String webhook() {
        return webhook;
    }

    RunPodFault fault() {
        return fault;
    }

    Instant submitted() {
        return submitted;
    }

    /** True if it is asked for a video. */
    boolean films() {
        return input.has("duration");
    }

    synchronized void made(byte[] file) {
        result = file;
    }

    synchronized void failed(String why) {
        error = why;
    }

    synchronized byte @Nullable [] result() {
        return result;
    }

    /** Counts a look at it; answers how many there were before. */
    synchronized int look() {
        return looks++;
    }

    /** How many looks at it there were. */
    synchronized int looks() {
        return looks;
    }

    /** Counts a fetch of its result; answers how many there were before. */
    synchronized int fetch() {
        return fetches++;
    }

    synchronized void cancel(Instant now) {
        if (!isEnded(now)) {
            cancelled = now;
        }
    }

    synchronized boolean isEnded(Instant now) {
        return switch (state(now)) {
            case "COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT" -> true;
            default -> false;
        };
    }

    /** When it ended, as far as anybody looked. */
    synchronized @Nullable Instant ended() {
        return ended;
    }

    synchronized String state(Instant now) {
        if (cancelled != null) {
            return "CANCELLED";
        }
        Duration age = Duration.between(submitted, now);
        if (fault == RunPodFault.NO_WORKER || age.compareTo(config.queued()) < 0) {
            return "IN_QUEUE";
        }
        boolean running = age.compareTo(config.queued().plus(config.running())) < 0;
        if (fault == RunPodFault.RETRIED && looks == 3) {
            return "IN_QUEUE";
        }
        if (running || fault == RunPodFault.HANG || (fault == RunPodFault.RETRIED && looks < 4)) {
            return "IN_PROGRESS";
        }
        return switch (fault) {
            case PLATFORM_FAILURE, WORKER_EXCEPTION -> "FAILED";
            case TIMED_OUT -> "TIMED_OUT";
            case CANCELLED -> "CANCELLED";
            case STRANGE_STATE -> looks < 3 ? "THROTTLED_BY_MOON" : made();
            case NONE,
                    LIMITED,
                    ERROR,
                    LOST_ANSWER,
                    LATE_PROGRESS,
                    RETRIED,
                    NO_PICTURE,
                    HANG,
                    NO_WORKER,
                    STATUS_ERRORS,
                    FORGOTTEN,
                    CORRUPT_RESULT,
                    OTHER_SHAPE,
                    BROKEN_RESULT_URL,
                    DEAD_RESULT_URL,
                    INNER_RESULT_URL,
                    TOLD_TWICE,
                    TOLD_LATE,
                    NOT_TOLD,
                    TOLD_EARLY -> made();
        };
    }

    private String made() {
        if (!error.isEmpty()) {
            return "FAILED";
        }
        return result == null ? "IN_PROGRESS" : "COMPLETED";
    }

    /** What a webhook tells of it. */
    synchronized JsonObject told(Instant now, String resultUrl) {
        JsonObject told = shown(now, resultUrl, false);
        told.add("input", input);
        told.addProperty("webhook", webhook);
        return told;
    }

    /** What a look at it shows. */
    synchronized JsonObject shown(Instant now, String resultUrl) {
        return shown(now, resultUrl, fault == RunPodFault.LATE_PROGRESS);
    }

    private JsonObject shown(Instant now, String resultUrl, boolean lateProgress) {
        String state = state(now);
        if (ended == null && isEnded(now)) {
            ended = now;
        }
        JsonObject shown = new JsonObject();
        shown.addProperty("id", id);
        shown.addProperty("status", state);
        boolean again = fault == RunPodFault.RETRIED && looks >= 3;
        long age = Duration.between(submitted, now).toMillis();
        shown.addProperty("delayTime", again ? 0 : Math.min(age, config.queued().toMillis()));
        if (again) {
            shown.addProperty("retries", 1);
        }
        if (!state.equals("IN_QUEUE")) {
            shown.addProperty("workerId", "standin0000000");
        }
        switch (state) {
            case "IN_PROGRESS" -> shown.add("output", progress(age));
            case "COMPLETED" -> {
                shown.addProperty("executionTime", config.running().toMillis());
                shown.add("output", output(resultUrl, lateProgress));
            }
            case "FAILED" -> fail(shown);
            case "CANCELLED", "TIMED_OUT" ->
                shown.addProperty(
                        "executionTime", Math.max(0, age - config.queued().toMillis()));
            default -> {
                // nothing more is told
            }
        }
        return shown;
    }

    private JsonObject progress(long ageMillis) {
        long running = ageMillis - config.queued().toMillis();
        JsonObject progress = new JsonObject();
        progress.addProperty(
                "progress",
                Math.clamp(100 * running / Math.max(1, config.running().toMillis()), 0, 99));
        return progress;
    }

    private void fail(JsonObject shown) {
        shown.addProperty("executionTime", config.running().toMillis());
        if (fault == RunPodFault.PLATFORM_FAILURE) {
            shown.addProperty("error", "worker exited unexpectedly");
            return;
        }
        JsonObject exception = new JsonObject();
        exception.addProperty("error_type", "<class 'RuntimeError'>");
        exception.addProperty("error_message", error.isEmpty() ? "CUDA out of memory" : error);
        exception.addProperty("error_traceback", "Traceback (most recent call last): …");
        shown.addProperty("error", exception.toString());
        JsonObject output = new JsonObject();
        output.addProperty("error", error.isEmpty() ? "CUDA out of memory" : error);
        shown.add("output", output);
    }

    private JsonObject output(String resultUrl, boolean lateProgress) {
        JsonObject output = new JsonObject();
        if (lateProgress && completedLooks++ == 0) {
            output.addProperty("progress", 99);
            return output;
        }
        if (input.has("workflow")) {
            return comfy(output, resultUrl);
        }
        if (fault == RunPodFault.NO_PICTURE) {
            output.addProperty("status", "the safety checker refused");
            return output;
        }
        output.addProperty(films() ? "video_url" : "image_url", resultUrl);
        output.addProperty("cost", films() ? FILM_COST_USD : COST_USD);
        return output;
    }

    private JsonObject comfy(JsonObject output, String resultUrl) {
        JsonArray images = new JsonArray();
        if (fault == RunPodFault.NO_PICTURE) {
            JsonArray errors = new JsonArray();
            errors.add("node 9 made no picture");
            output.add("errors", errors);
        } else {
            JsonObject image = new JsonObject();
            image.addProperty("filename", "ComfyUI_00001_.png");
            byte[] bytes = result;
            boolean here = bytes != null && !resultUrl.isEmpty() && fault == RunPodFault.NONE;
            image.addProperty("type", here ? "base64" : "s3_url");
            image.addProperty(
                    "data", here && bytes != null ? Base64.getEncoder().encodeToString(bytes) : resultUrl);
            images.add(image);
        }
        output.add("images", images);
        return output;
    }
}
