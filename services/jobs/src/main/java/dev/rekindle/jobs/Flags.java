package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.FlagEntriesRecord;
import dev.rekindle.jobs.tables.tables.records.FlagsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.Flag;
import dev.rekindle.jobs.v1.FlagAction;
import dev.rekindle.jobs.v1.FlagEntry;
import dev.rekindle.jobs.v1.FlagState;
import dev.rekindle.jobs.v1.GetFlaggedPhotoResponse;
import dev.rekindle.jobs.v1.ListFlagsRequest;
import dev.rekindle.jobs.v1.ListFlagsResponse;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.PageToken;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooq.DSLContext;

/**
 * Photos marked for review by their owners or by a check of content, and what operators decide about them. Each thing that is done is an entry of
 * the same transaction, looking at a photo included.
 */
final class Flags {
    private static final int FLAGS_A_PHOTO_MAX = 20;
    private static final Duration ONE_LOOK = Duration.ofHours(1);

    private final Database database;
    private final FlagStore store;
    private final PhotoStore photos;
    private final Photos content;
    private final DeletePhoto delete;
    private final DecideFlag decide;
    private final OpenFlag open;

    Flags(
            Database database,
            FlagStore store,
            PhotoStore photos,
            Photos content,
            DeletePhoto delete,
            DecideFlag decide) {
        this.database = database;
        this.store = store;
        this.photos = photos;
        this.content = content;
        this.delete = delete;
        this.decide = decide;
        open = new OpenFlag(store, photos, decide);
    }

    /** Marks a photo. One that is marked already keeps its flag, with the newer comment. */
    Flag flag(String userId, UUID photoId, String comment) {
        return database.transact(sql -> {
            PhotosRecord photo =
                    photos.lock(sql, userId, photoId).orElseThrow(() -> Failure.notFound("photo", photoId));
            if (store.lockOpen(sql, photoId).isEmpty() && store.countOf(sql, photoId) >= FLAGS_A_PHOTO_MAX) {
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT,
                        "The photo " + photoId + " was flagged and reviewed " + FLAGS_A_PHOTO_MAX
                                + " times; it cannot be flagged again.");
            }
            return view(open.run(sql, photo, userId, comment)).build();
        });
    }

    /** What operators see. */
    ListFlagsResponse list(ListFlagsRequest request) {
        int size = PageToken.pageSize(request.getPageSize());
        UUID before = request.getPageToken().isEmpty() ? null : PageToken.read(request.getPageToken());
        List<FlagsRecord> rows = store.list(database.sql(), request.getState(), before, size + 1);
        List<FlagsRecord> page = rows.subList(0, Math.min(size, rows.size()));
        Map<UUID, List<FlagEntriesRecord>> entries = store.entriesOf(
                database.sql(), page.stream().map(FlagsRecord::getId).toList());
        ListFlagsResponse.Builder answer = ListFlagsResponse.newBuilder();
        page.forEach(row -> answer.addFlags(whole(row, entries.getOrDefault(row.getId(), List.of()))));
        if (rows.size() > size) {
            answer.setNextPageToken(PageToken.after(page.getLast().getId()));
        }
        return answer.build();
    }

    /** Shows a flagged photo to an operator, after that was written down. */
    GetFlaggedPhotoResponse look(String operator, UUID flagId) {
        FlagsRecord seen = find(database.sql(), flagId);
        String owner = seen.getUserId();
        Photo photo = content.get(owner, seen.getPhotoId());
        Flag flag = database.transact(sql -> {
            FlagsRecord row = store.lock(sql, flagId).orElseThrow(() -> Failure.notFound("flag", flagId));
            if (!store.viewedSince(sql, flagId, operator, decide.now().minus(ONE_LOOK))) {
                decide.note(sql, flagId, FlagAction.FLAG_ACTION_VIEWED, operator, "");
            }
            return whole(sql, row);
        });
        GetFlaggedPhotoResponse.Builder answer =
                GetFlaggedPhotoResponse.newBuilder().setFlag(flag).setPhoto(photo);
        content.small(owner, seen.getPhotoId())
                .ifPresent(small -> answer.setPicture(small.bytes()).setContentType(small.contentType()));
        return answer.build();
    }

    /** Leaves the photo where it is, or removes it; the decision and its consequence are one transaction. */
    Flag resolve(String operator, UUID flagId, boolean uphold, String comment) {
        FlagAction action = uphold ? FlagAction.FLAG_ACTION_UPHELD : FlagAction.FLAG_ACTION_DISMISSED;
        FlagsRecord seen = find(database.sql(), flagId);
        if (seen.getState().equals("OPEN")) {
            if (uphold) {
                delete.run(
                        seen.getUserId(), seen.getPhotoId(), sql -> decide.run(sql, flagId, action, operator, comment));
            } else {
                database.transact(sql -> dismiss(sql, seen, operator, comment));
            }
        }
        Flag now = whole(database.sql(), find(database.sql(), flagId));
        if (now.getState() != (uphold ? FlagState.FLAG_STATE_UPHELD : FlagState.FLAG_STATE_DISMISSED)) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "The flag " + flagId + " is " + now.getState().name().substring("FLAG_STATE_".length())
                            + " already; what was decided stands.");
        }
        return now;
    }

    /** The photo is locked first, as by everybody who changes both. */
    private boolean dismiss(DSLContext sql, FlagsRecord seen, String operator, String comment) {
        PhotosRecord photo = photos.lock(sql, seen.getPhotoId()).orElse(null);
        boolean decided = decide.run(sql, seen.getId(), FlagAction.FLAG_ACTION_DISMISSED, operator, comment);
        if (decided && photo != null) {
            ContentRefusal.lift(photo);
            open.mark(sql, photo, false);
        }
        return decided;
    }

    private FlagsRecord find(DSLContext sql, UUID flagId) {
        return store.find(sql, flagId).orElseThrow(() -> Failure.notFound("flag", flagId));
    }

    private Flag whole(DSLContext sql, FlagsRecord row) {
        return whole(row, store.entriesOf(sql, List.of(row.getId())).getOrDefault(row.getId(), List.of()));
    }

    private static Flag whole(FlagsRecord row, List<FlagEntriesRecord> entries) {
        Flag.Builder flag = view(row).setUserId(row.getUserId());
        entries.forEach(entry -> flag.addEntries(FlagEntry.newBuilder()
                .setAction(FlagAction.valueOf("FLAG_ACTION_" + entry.getAction()))
                .setBy(entry.getDoneBy())
                .setComment(entry.getComment())
                .setTime(Protos.timestamp(entry.getCreatedAt()))));
        return flag.build();
    }

    /** As its owner sees it. */
    static Flag.Builder view(FlagsRecord row) {
        Flag.Builder flag = Flag.newBuilder()
                .setId(row.getId().toString())
                .setPhotoId(row.getPhotoId().toString())
                .setState(FlagState.valueOf("FLAG_STATE_" + row.getState()))
                .setComment(row.getComment())
                .setResolutionComment(row.getResolutionComment())
                .setCreateTime(Protos.timestamp(row.getCreatedAt()));
        if (row.getResolvedAt() != null) {
            flag.setResolveTime(Protos.timestamp(row.getResolvedAt()));
        }
        return flag;
    }
}
