package dev.rekindle.events;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which types of events are wanted.
 *
 * @param types types by their whole name
 * @param families prefixes, each with its closing dot: "job." takes "job.queued" and "job.stage.completed"
 */
public record TypeFilter(Set<String> types, Set<String> families) {
    private static final String FAMILY_MARK = "*";

    /** The filter for names as the contract has them: "job.queued", "job.*". None at all: every type is wanted. */
    public static TypeFilter of(List<String> names) {
        return new TypeFilter(
                names.stream().filter(name -> !name.endsWith(FAMILY_MARK)).collect(Collectors.toUnmodifiableSet()),
                names.stream()
                        .filter(name -> name.endsWith(FAMILY_MARK))
                        .map(name -> name.substring(0, name.length() - FAMILY_MARK.length()))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    boolean takesAll() {
        return types.isEmpty() && families.isEmpty();
    }

    /** True if events of this type are wanted. */
    public boolean takes(String type) {
        return takesAll() || types.contains(type) || families.stream().anyMatch(type::startsWith);
    }
}
