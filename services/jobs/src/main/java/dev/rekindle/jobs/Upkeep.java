package dev.rekindle.jobs;

import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * What time makes due: uploads nobody went on with, request ids past their day, originals past their keeping, archives and
 * hand-overs that expired.
 */
final class Upkeep {
    private static final int BATCH = 200;

    private final Database database;
    private final Uploads uploads;
    private final PhotoStore photos;
    private final Expiring expiring;
    private final Outbox outbox;
    private final Sources sources;

    /** Rows that go by themselves. */
    record Expiring(RequestIdStore requestIds, HandoffStore handoffs) {}

    /** Archives past their time, and the clock that says so. */
    record Sources(Clock clock, JobsConfig.Times times, Exports exports) {}

    Upkeep(Database database, Uploads uploads, PhotoStore photos, Expiring expiring, Outbox outbox, Sources sources) {
        this.database = database;
        this.uploads = uploads;
        this.photos = photos;
        this.expiring = expiring;
        this.outbox = outbox;
        this.sources = sources;
    }

    /** Does one batch of each. True if there may be more to do. */
    boolean run() {
        boolean moreUploads = uploads.dropExpired(BATCH);
        expiring.requestIds()
                .deleteBefore(
                        database.sql(),
                        Protos.utc(
                                sources.clock().instant().minus(sources.times().requestIdsKept())));
        boolean moreHandoffs = expiring.handoffs()
                        .deleteExpired(
                                database.sql(), Protos.utc(sources.clock().instant()), BATCH)
                == BATCH;
        boolean moreOriginals = deleteOriginals();
        boolean moreExports = sources.exports().dropExpired();
        return moreUploads || moreHandoffs || moreOriginals || moreExports;
    }

    private boolean deleteOriginals() {
        OffsetDateTime before =
                Protos.utc(sources.clock().instant().minus(sources.times().originalsKept()));
        return database.transact(sql -> {
            List<PhotosRecord> due = photos.originalsBefore(sql, before, BATCH);
            for (PhotosRecord photo : due) {
                photo.setOriginalDeletedAt(Protos.utc(sources.clock().instant()));
                photos.update(sql, photo);
            }
            outbox.add(
                    sql,
                    Debts.blobs(due.stream().map(PhotosRecord::getOriginalKey).toList()));
            return due.size() == BATCH;
        });
    }
}
