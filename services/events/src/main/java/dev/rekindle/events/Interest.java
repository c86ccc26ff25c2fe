package dev.rekindle.events;

import dev.rekindle.common.v1.Role;
import dev.rekindle.platform.rpc.Identity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a reader wants to hear: the rooms and the types of events. */
record Interest(Set<Room> rooms, TypeFilter types) {
    private static final String GLOBAL = "global";
    private static final String USER = "user";

    /**
     * The interest of a caller in rooms and types as the contract names them, already checked against its patterns. No
     * room at all means "user". Operators hear the lanes' events in "global" too.
     */
    static Interest of(Identity caller, List<String> rooms, List<String> types) {
        Set<Room> wanted = new LinkedHashSet<>();
        for (String name : rooms.isEmpty() ? List.of(USER) : rooms) {
            int colon = name.indexOf(':');
            if (colon >= 0) {
                Room.Kind kind = Room.Kind.valueOf(name.substring(0, colon).toUpperCase(Locale.ROOT));
                wanted.add(new Room(kind, caller.subject(), name.substring(colon + 1)));
            } else if (name.equals(GLOBAL)) {
                wanted.add(Room.GLOBAL);
                if (caller.has(Role.ROLE_ADMIN)) {
                    wanted.add(Room.OPERATIONS);
                }
            } else {
                wanted.add(Room.ofUser(caller.subject()));
            }
        }
        if (wanted.contains(Room.ofUser(caller.subject()))) {
            // Whatever else is told to this user is told here as well.
            wanted.removeIf(room -> !room.userId().isEmpty() && room.kind() != Room.Kind.USER);
        }
        return new Interest(Set.copyOf(wanted), TypeFilter.of(types));
    }
}
