package dev.rekindle.jobs;

import com.google.protobuf.ByteString;
import dev.rekindle.jobs.v1.JobProgress;
import java.util.Optional;

/**
 * Progress of one run of a job. The lease tells of which: two runs may have one number, where the first did not count or
 * was forgotten by an emptied Redis before anybody read that it had begun.
 */
record RunProgress(String leaseId, JobProgress progress) {

    /** Progress as a worker reported it; empty where it has not yet. */
    static Optional<RunProgress> of(String leaseId, ByteString reported) {
        return reported.isEmpty()
                ? Optional.empty()
                : Optional.of(new RunProgress(leaseId, Protos.read(JobProgress.parser(), reported)));
    }

    boolean isOf(String otherLeaseId) {
        return !leaseId.isEmpty() && leaseId.equals(otherLeaseId);
    }

    /** True if this is of another run than what is known, or of the same and newer. */
    boolean isNews(RunProgress known) {
        return !isOf(known.leaseId())
                || progress.getSequence() > known.progress().getSequence();
    }
}
