package dev.rekindle.jobs;

import dev.rekindle.jobs.tables.tables.records.JobOutputsRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotoVariantsRecord;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.db.OutboxRelays;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/**
 * Deletes what lies below an ended job's folder and is no output of it: a worker that died after it had stored its files
 * leaves them, and of an attempt that Redis forgot nobody knows where they are.
 */
final class SweepLeftovers implements OutboxRelays.Delivery {
    private final Database database;
    private final JobStore jobs;
    private final PhotoStore photos;
    private final Blobs blobs;

    SweepLeftovers(Database database, JobStore jobs, PhotoStore photos, Blobs blobs) {
        this.database = database;
        this.jobs = jobs;
        this.photos = photos;
        this.blobs = blobs;
    }

    @Override
    public void deliver(List<Outbox.Message> batch) {
        batch.stream()
                .map(message -> UUID.fromString(message.payload().toStringUtf8()))
                .distinct()
                .forEach(this::sweep);
    }

    private void sweep(UUID jobId) {
        Optional<JobsRecord> ended = ended(jobId);
        if (ended.isEmpty()) {
            return; // it runs again, and owes this anew when it ends
        }
        String folder = BlobKeys.outputPrefix(ended.get().getUserId(), jobId);
        List<String> lying = new ArrayList<>();
        blobs.list(folder, blob -> lying.add(blob.key()));
        if (lying.isEmpty()) {
            return;
        }
        lying.removeAll(owned(jobId));
        boolean unchanged = ended(jobId).map(JobsRecord::getRevision).equals(ended.map(JobsRecord::getRevision));
        if (unchanged && !lying.isEmpty()) {
            blobs.delete(lying); // listed before, so of no attempt that began since
        }
    }

    /** Outputs of the job, and what its photos have of it: preparation makes both. */
    private Set<String> owned(UUID jobId) {
        DSLContext sql = database.sql();
        List<UUID> photoIds = jobs.photosOf(sql, List.of(jobId)).getOrDefault(jobId, List.of());
        return Stream.concat(
                        jobs.outputsOf(sql, List.of(jobId)).getOrDefault(jobId, List.of()).stream()
                                .map(JobOutputsRecord::getBlobKey),
                        photos.variantsOf(sql, photoIds).values().stream()
                                .flatMap(List::stream)
                                .map(PhotoVariantsRecord::getBlobKey))
                .collect(Collectors.toSet());
    }

    private Optional<JobsRecord> ended(UUID jobId) {
        return jobs.findAll(database.sql(), List.of(jobId)).stream()
                .filter(job -> JobViews.isTerminal(JobViews.stateOf(job)))
                .findFirst();
    }
}
