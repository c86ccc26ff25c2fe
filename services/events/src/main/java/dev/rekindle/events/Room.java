package dev.rekindle.events;

import dev.rekindle.events.v1.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * A place where events are told. All rooms but the last two are a user's own, so that nobody hears of another user's
 * things whatever id he names.
 *
 * @param userId the user whose room it is; empty for GLOBAL and OPERATIONS
 * @param id the client, session, photo or job; empty for the other kinds
 */
record Room(Kind kind, String userId, String id) {
    private static final String OPERATIONS_FAMILY = "queue.";

    /** What a room is about. */
    enum Kind {
        /** All of a user's events. */
        USER,
        CLIENT,
        SESSION,
        PHOTO,
        JOB,
        /** Events that belong to no user. */
        GLOBAL,
        /** Events that belong to no user and are for operators only: those of lanes. */
        OPERATIONS
    }

    static final Room GLOBAL = new Room(Kind.GLOBAL, "", "");
    static final Room OPERATIONS = new Room(Kind.OPERATIONS, "", "");

    static Room ofUser(String userId) {
        return new Room(Kind.USER, userId, "");
    }

    /** The rooms in which an event is told. */
    static List<Room> of(Event event) {
        String userId = event.getUserId();
        if (userId.isEmpty()) {
            return List.of(event.getType().startsWith(OPERATIONS_FAMILY) ? OPERATIONS : GLOBAL);
        }
        List<Room> rooms = new ArrayList<>(5);
        rooms.add(ofUser(userId));
        add(rooms, Kind.CLIENT, userId, event.getClientId());
        add(rooms, Kind.SESSION, userId, event.getSessionId());
        add(rooms, Kind.PHOTO, userId, event.getPhotoId());
        add(rooms, Kind.JOB, userId, event.getJobId());
        return rooms;
    }

    private static void add(List<Room> rooms, Kind kind, String userId, String id) {
        if (!id.isEmpty()) {
            rooms.add(new Room(kind, userId, id));
        }
    }

    /** The prefix of the types told in OPERATIONS. */
    static String operationsFamily() {
        return OPERATIONS_FAMILY;
    }
}
