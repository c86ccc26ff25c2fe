package dev.rekindle.jobs;

import dev.rekindle.jobs.tables.tables.records.FlagEntriesRecord;
import dev.rekindle.jobs.tables.tables.records.FlagsRecord;
import dev.rekindle.jobs.v1.FlagAction;
import dev.rekindle.platform.Ids;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jooq.DSLContext;

/** Decides about a flag, in the transaction that does what was decided, and writes down who did. */
final class DecideFlag {
    private final FlagStore store;
    private final Ids ids;
    private final Clock clock;

    DecideFlag(FlagStore store, Ids ids, Clock clock) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
    }

    UUID nextId() {
        return ids.next();
    }

    OffsetDateTime now() {
        return Protos.utc(clock.instant());
    }

    /** False if somebody else has decided meanwhile. */
    boolean run(DSLContext sql, UUID flagId, FlagAction action, String by, String comment) {
        FlagsRecord flag = store.lock(sql, flagId)
                .filter(row -> row.getState().equals("OPEN"))
                .orElse(null);
        if (flag == null) {
            return false;
        }
        flag.setState(nameOf(action));
        flag.setResolutionComment(comment);
        flag.setResolvedAt(now());
        store.update(sql, flag);
        note(sql, flagId, action, by, comment);
        return true;
    }

    /** The owner deletes a photo that nobody has decided about: it is removed, which is all that could be decided. */
    void closeForOwner(DSLContext sql, String userId, UUID photoId) {
        store.lockOpen(sql, photoId).ifPresent(flag -> {
            boolean ignored =
                    run(sql, flag.getId(), FlagAction.FLAG_ACTION_UPHELD, userId, "The owner deleted the photo.");
        });
    }

    void note(DSLContext sql, UUID flagId, FlagAction action, String by, String comment) {
        FlagEntriesRecord entry = new FlagEntriesRecord();
        entry.setId(ids.next());
        entry.setFlagId(flagId);
        entry.setAction(nameOf(action));
        entry.setDoneBy(by);
        entry.setComment(comment);
        entry.setCreatedAt(now());
        store.addEntry(sql, entry);
    }

    private static String nameOf(FlagAction action) {
        return action.name().substring("FLAG_ACTION_".length());
    }
}
