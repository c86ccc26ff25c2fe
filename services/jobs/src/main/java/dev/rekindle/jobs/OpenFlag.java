package dev.rekindle.jobs;

import dev.rekindle.jobs.tables.tables.records.FlagsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.FlagAction;
import org.jooq.DSLContext;

/** Marks a photo for review, in the transaction of whoever has locked it. */
final class OpenFlag {
    private final FlagStore store;
    private final PhotoStore photos;
    private final DecideFlag decide;

    OpenFlag(FlagStore store, PhotoStore photos, DecideFlag decide) {
        this.store = store;
        this.photos = photos;
        this.decide = decide;
    }

    /** A photo that is marked already keeps its flag, with the newer comment. */
    FlagsRecord run(DSLContext sql, PhotosRecord photo, String by, String comment) {
        FlagsRecord open = store.lockOpen(sql, photo.getId()).orElse(null);
        if (open != null) {
            if (!open.getComment().equals(comment)) {
                open.setComment(comment);
                store.update(sql, open);
                decide.note(sql, open.getId(), FlagAction.FLAG_ACTION_FLAGGED, by, comment);
            }
            return open;
        }
        FlagsRecord made = row(photo, comment);
        store.insert(sql, made);
        decide.note(sql, made.getId(), FlagAction.FLAG_ACTION_FLAGGED, by, comment);
        mark(sql, photo, true);
        return made;
    }

    private FlagsRecord row(PhotosRecord photo, String comment) {
        FlagsRecord flag = new FlagsRecord();
        flag.setId(decide.nextId());
        flag.setPhotoId(photo.getId());
        flag.setUserId(photo.getUserId());
        flag.setState("OPEN");
        flag.setComment(comment);
        flag.setResolutionComment("");
        flag.setCreatedAt(decide.now());
        return flag;
    }

    void mark(DSLContext sql, PhotosRecord photo, boolean flagged) {
        photo.setFlagged(flagged);
        photo.setUpdatedAt(decide.now());
        photos.update(sql, photo);
    }
}
