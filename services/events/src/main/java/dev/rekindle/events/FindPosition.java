package dev.rekindle.events;

import org.jspecify.annotations.Nullable;

/** Finds the place in the log from which a reader goes on. */
final class FindPosition {
    private final EventStore store;
    private final PartitionStore partitions;

    FindPosition(EventStore store, PartitionStore partitions) {
        this.store = store;
        this.partitions = partitions;
    }

    /**
     * The place after which all is still there to be read.
     *
     * @param resumeAfter the id of an event, or a token of a place
     * @param userId the reader
     * @return null if that event or place is not known, or the log does not reach back to it
     */
    @Nullable
    Position find(String resumeAfter, String userId) {
        Position place = Position.parse(resumeAfter);
        if (place != null) {
            return place.isAfter(store.head()) ? null : kept(place);
        }
        EventId id = EventId.parse(resumeAfter);
        Position found = id == null ? null : store.find(id, userId);
        return found == null ? null : kept(found);
    }

    private @Nullable Position kept(Position place) {
        return partitions.floor().isAfter(place) ? null : place;
    }
}
