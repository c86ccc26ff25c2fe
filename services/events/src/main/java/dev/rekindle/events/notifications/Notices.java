package dev.rekindle.events.notifications;

import com.google.gson.JsonObject;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.Notice;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a person is told of: names of the contract, types of events, and what is kept to be sent. */
final class Notices {
    static final String COMPLETED = "job.completed";
    static final String FAILED = "job.failed";

    /** Kept with every delivery: its event's type, and the job it is about where it is about one. */
    static final String TYPE = "type";

    static final String JOB_ID = "jobId";

    /** Making a photo ready to be worked on is a job as well, of which nobody asked to hear. */
    private static final String PREPARATION = "PREPARATION";

    private Notices() {}

    static List<Notice> all() {
        return List.of(Notice.NOTICE_JOB_COMPLETED, Notice.NOTICE_JOB_FAILED);
    }

    /** The types of events of these notices. */
    static String[] types(List<Notice> notices) {
        return notices.stream().map(Notices::type).distinct().sorted().toArray(String[]::new);
    }

    private static String type(Notice notice) {
        return switch (notice) {
            case NOTICE_JOB_COMPLETED -> COMPLETED;
            case NOTICE_JOB_FAILED -> FAILED;
            case NOTICE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("The contract lets no " + notice + " in.");
        };
    }

    /** The notices of these types. */
    static List<Notice> of(String[] types) {
        return all().stream()
                .filter(notice -> Stream.of(types).anyMatch(type(notice)::equals))
                .toList();
    }

    /** What is kept of an event to be told; null if nobody is told of it. Nothing of the photo is in it. */
    static @Nullable String body(Event event) {
        boolean told = event.getType().equals(COMPLETED) || event.getType().equals(FAILED);
        if (!told || event.getJobId().isEmpty() || event.getJob().getJobType().equals(PREPARATION)) {
            return null;
        }
        JsonObject body = new JsonObject();
        body.addProperty(TYPE, event.getType());
        body.addProperty(JOB_ID, event.getJobId());
        return body.toString();
    }
}
