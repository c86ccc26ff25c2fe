package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.LostBlob;
import dev.rekindle.jobs.v1.StorageReport;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jooq.Cursor;
import org.jooq.Record4;
import org.jspecify.annotations.Nullable;

/**
 * Compares blobs with the rows that own them, both read in the order of their keys and neither kept, so that a store of any
 * size takes the same memory. What looks wrong is looked at a second time before it counts: rows and blobs come and go
 * while the comparison runs.
 */
final class CheckStorage {
    private static final String ALL = "users/";
    private static final int BATCH = 500;
    private static final int TELL_EVERY = 10_000;
    private static final Pattern JOB = Pattern.compile("^users/[^/]+/jobs/([0-9a-f-]{36})/");

    private static final byte[] PREPARED_LOST = JobError.newBuilder()
            .setReason(Reason.REASON_STORAGE_FAILED)
            .setMessage("The prepared picture was lost by the blob store; upload the photo again.")
            .setFailureClass(FailureClass.FAILURE_CLASS_DEPENDENCY)
            .build()
            .toByteArray();

    private final Database database;
    private final BlobOwnerStore owners;
    private final Blobs blobs;
    private final Outbox outbox;
    private final Duration grace;
    private final Clock clock;

    /** @param grace how old a blob nobody owns must be to be an orphan */
    CheckStorage(Database database, BlobOwnerStore owners, Blobs blobs, Outbox outbox, Duration grace, Clock clock) {
        this.database = database;
        this.owners = owners;
        this.blobs = blobs;
        this.outbox = outbox;
        this.grace = grace;
        this.clock = clock;
    }

    /**
     * Compares everything.
     *
     * @param repair delete orphans, and let rows say that their blob is gone
     * @param examplesMax so many of each are named
     * @param progress told what was found so far; what it throws ends the comparison
     */
    StorageReport run(boolean repair, int examplesMax, Consumer<StorageReport> progress) {
        return database.transact(transaction -> {
            try (Cursor<Record4<String, String, UUID, Boolean>> rows = owners.all(transaction)) {
                Walk walk = new Walk(rows, repair, examplesMax, progress);
                blobs.list(ALL, walk::blob);
                return walk.end();
            }
        });
    }

    /** One comparison. */
    private final class Walk {
        private final Cursor<Record4<String, String, UUID, Boolean>> rows;
        private final boolean repair;
        private final int examplesMax;
        private final Consumer<StorageReport> progress;
        private final StorageReport.Builder report = StorageReport.newBuilder();
        private final List<Blobs.BlobInfo> unowned = new ArrayList<>();
        private final List<BlobOwnerStore.Owner> missing = new ArrayList<>();
        private final Instant old = clock.instant().minus(grace);
        private String last = "";
        private BlobOwnerStore.@Nullable Owner next;

        Walk(
                Cursor<Record4<String, String, UUID, Boolean>> rows,
                boolean repair,
                int examplesMax,
                Consumer<StorageReport> progress) {
            this.rows = rows;
            this.repair = repair;
            this.examplesMax = examplesMax;
            this.progress = progress;
            advance();
        }

        private void advance() {
            next = rows.hasNext() ? BlobOwnerStore.owner(rows.fetchNext()) : null;
        }

        void blob(Blobs.BlobInfo blob) {
            if (blob.key().compareTo(last) < 0) {
                throw Failure.internal("The blob store lists " + blob.key() + " after " + last + ".", null);
            }
            last = blob.key();
            ownersBefore(blob.key());
            boolean owned = false;
            while (next != null && next.key().equals(blob.key())) {
                owned = true;
                advance();
            }
            report.setBlobs(report.getBlobs() + 1).setBlobBytes(report.getBlobBytes() + blob.sizeBytes());
            if (owned) {
                report.setOwned(report.getOwned() + 1);
            } else if (blob.lastModified().isAfter(old)) {
                report.setYoung(report.getYoung() + 1);
            } else {
                unowned.add(blob);
            }
            settle(BATCH);
            if (report.getBlobs() % TELL_EVERY == 0) {
                progress.accept(report.build());
            }
        }

        /** Owners whose key no blob had; all that are left, where the key is null. */
        private void ownersBefore(@Nullable String key) {
            while (next != null && (key == null || next.key().compareTo(key) < 0)) {
                if (next.kind() != BlobOwnerStore.Kind.UPLOAD && !next.knownLost()) {
                    missing.add(next);
                    settle(BATCH);
                }
                advance();
            }
        }

        StorageReport end() {
            ownersBefore(null);
            settle(1);
            return report.build();
        }

        private void settle(int from) {
            if (unowned.size() >= from) {
                settleUnowned();
                unowned.clear();
            }
            if (missing.size() >= from) {
                settleMissing();
                missing.clear();
            }
        }

        private void settleUnowned() {
            List<String> keys = unowned.stream().map(Blobs.BlobInfo::key).toList();
            List<UUID> jobIds =
                    keys.stream().flatMap(key -> jobOf(key).stream()).distinct().toList();
            List<String> orphans = database.transact(sql -> {
                Set<String> owned = owners.owned(sql, keys);
                Set<UUID> open = jobIds.isEmpty() ? Set.of() : owners.open(sql, jobIds);
                List<String> left = keys.stream()
                        .filter(key -> !owned.contains(key))
                        .filter(key -> jobOf(key).filter(open::contains).isEmpty())
                        .toList();
                if (repair) {
                    outbox.add(sql, Debts.blobs(left));
                }
                return left;
            });
            Set<String> counted = Set.copyOf(orphans);
            for (Blobs.BlobInfo blob : unowned) {
                if (counted.contains(blob.key())) {
                    report.setOrphans(report.getOrphans() + 1)
                            .setOrphanBytes(report.getOrphanBytes() + blob.sizeBytes());
                } else {
                    report.setYoung(report.getYoung() + 1);
                }
            }
            orphans.stream()
                    .limit(examplesMax - report.getOrphanExamplesCount())
                    .forEach(report::addOrphanExamples);
            if (repair) {
                report.setDeleted(report.getDeleted() + orphans.size());
            }
        }

        private void settleMissing() {
            Set<String> gone = missing.stream()
                    .map(BlobOwnerStore.Owner::key)
                    .distinct()
                    .filter(key -> blobs.find(key).isEmpty())
                    .collect(Collectors.toSet());
            Set<String> owned = gone.isEmpty() ? Set.of() : owners.owned(database.sql(), gone);
            for (BlobOwnerStore.Owner owner : missing) {
                if (owned.contains(owner.key())) {
                    lost(owner);
                }
            }
        }

        private void lost(BlobOwnerStore.Owner owner) {
            report.setLost(report.getLost() + 1);
            if (report.getLostExamplesCount() < examplesMax) {
                report.addLostExamples(LostBlob.newBuilder()
                        .setKind(owner.kind().name().toLowerCase(Locale.ROOT))
                        .setOwnerId(owner.id().toString())
                        .setBlobKey(owner.key()));
            }
            if (repair
                    && database.transact(
                            sql -> owners.markLost(sql, owner, PREPARED_LOST, Protos.utc(clock.instant())))) {
                report.setMarked(report.getMarked() + 1);
            }
        }

        private static Optional<UUID> jobOf(String key) {
            Matcher matcher = JOB.matcher(key);
            return matcher.find() ? Optional.of(UUID.fromString(matcher.group(1))) : Optional.empty();
        }
    }
}
