package dev.rekindle.bench.mesh;

import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.ReadPhotoContentRequest;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.jobs.v1.WatchJobRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Invariant 6: with another's ids nobody reads or changes anything; he is told that there is no such thing. */
final class PrivacyCheck extends Check {
    private static final int PROBES_MAX = 20;

    private final Crowd crowd;
    private final Diary diary;
    private int probes;

    PrivacyCheck(Crowd crowd, Diary diary) {
        super("6");
        this.crowd = crowd;
        this.diary = diary;
    }

    int probes() {
        return probes;
    }

    @Override
    void look() throws Exception {
        List<Caller> callers = List.copyOf(crowd.callers().values());
        int turn = 0;
        for (Map.Entry<String, String> job :
                diary.jobs().entrySet().stream().limit(PROBES_MAX).toList()) {
            Caller stranger = other(callers, job.getValue(), turn++);
            String id = job.getKey();
            probe(
                    stranger,
                    id,
                    () -> stranger.jobs()
                            .getJob(GetJobRequest.newBuilder().setJobId(id).build()));
            probe(
                    stranger,
                    id,
                    () -> stranger.jobs()
                            .cancelJob(
                                    CancelJobRequest.newBuilder().setJobId(id).build()));
            probe(
                    stranger,
                    id,
                    () -> stranger.jobs()
                            .retryJob(RetryJobRequest.newBuilder().setJobId(id).build()));
            probe(
                    stranger,
                    id,
                    () -> stranger.jobs()
                            .watchJob(WatchJobRequest.newBuilder().setJobId(id).build())
                            .next());
        }
        for (Map.Entry<String, String> photo :
                diary.photos().entrySet().stream().limit(PROBES_MAX).toList()) {
            Caller stranger = other(callers, photo.getValue(), turn++);
            String id = photo.getKey();
            probe(
                    stranger,
                    id,
                    () -> stranger.photos()
                            .getPhoto(
                                    GetPhotoRequest.newBuilder().setPhotoId(id).build()));
            probe(
                    stranger,
                    id,
                    () -> stranger.photos()
                            .readPhotoContent(ReadPhotoContentRequest.newBuilder()
                                    .setPhotoId(id)
                                    .build())
                            .next());
            probe(
                    stranger,
                    id,
                    () -> stranger.photos()
                            .deletePhoto(DeletePhotoRequest.newBuilder()
                                    .setPhotoId(id)
                                    .build()));
        }
    }

    private static Caller other(List<Caller> callers, String owner, int turn) {
        List<Caller> strangers =
                callers.stream().filter(caller -> !caller.user().equals(owner)).toList();
        return strangers.get(turn % strangers.size());
    }

    private void probe(Caller stranger, String id, Supplier<?> call) throws InterruptedException {
        probes++;
        try {
            Object answer = stranger.patiently(call);
            violated(id, stranger.user() + ", who does not own it, was answered " + answer);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                violated(id, stranger.user() + ", who does not own it, was told " + e.getStatus());
            }
        }
    }
}
