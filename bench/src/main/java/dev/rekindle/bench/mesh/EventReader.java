package dev.rekindle.bench.mesh;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.events.v1.SubscribeResponse;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Reads all events of one user as they happen, from before the first, resuming whenever the stream breaks. */
final class EventReader {
    private final Caller caller;
    private final Diary diary;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> revisions = new ConcurrentHashMap<>();
    private volatile String resumeAfter = "";
    private volatile boolean ready;

    EventReader(Caller caller, Diary diary) {
        this.caller = caller;
        this.diary = diary;
    }

    void run(BooleanSupplier wanted) throws InterruptedException {
        while (wanted.getAsBoolean()) {
            try {
                Iterator<SubscribeResponse> stream = caller.eventStreams()
                        .subscribe(SubscribeRequest.newBuilder()
                                .setResumeAfter(resumeAfter)
                                .build());
                while (stream.hasNext() && wanted.getAsBoolean()) {
                    take(stream.next());
                }
            } catch (StatusRuntimeException e) {
                if (!Caller.mayBeAskedAgain(e)) {
                    diary.violated("3", caller.user(), "its events cannot be read on: " + e.getMessage());
                    return;
                }
                diary.count("streams resumed");
            }
            caller.pause();
        }
    }

    private void take(SubscribeResponse response) {
        switch (response.getMessageCase()) {
            case EVENT -> event(response.getEvent());
            case READY -> {
                if (resumeAfter.isEmpty()) {
                    resumeAfter = response.getReady().getResumeAfter();
                }
                ready = true;
            }
            case RESYNC -> {
                if (response.getResync().getResumeAfter().isEmpty()) {
                    diary.violated("3", caller.user(), "events of minutes are no longer kept");
                }
                resumeAfter = response.getResync().getResumeAfter();
            }
            case KEEP_ALIVE, MESSAGE_NOT_SET -> diary.count("signs of life");
        }
    }

    private void event(Event event) {
        if (!event.getUserId().equals(caller.user())) {
            diary.violated("6", event.getId(), "is of " + event.getUserId() + " and was told to " + caller.user());
        }
        if (event.getTransient()) {
            return;
        }
        resumeAfter = event.getId();
        if (!seen.add(event.getId())) {
            diary.count("events told again");
            return;
        }
        if (event.hasJob()
                && event.getType().startsWith("job.")
                && event.getJob().getRevision() > 0) {
            long revision = event.getJob().getRevision();
            Long before = revisions.put(event.getJobId(), revision);
            if (before != null && revision < before) {
                diary.violated(
                        "3",
                        event.getJobId(),
                        "its events went from revision " + before + " to " + revision + " (" + event.getType() + ")");
            }
        }
    }

    /** True once the stream stood for the first time. */
    boolean isReady() {
        return ready;
    }

    /** Ids of the events that were told. */
    Set<String> seen() {
        return Set.copyOf(seen);
    }
}
