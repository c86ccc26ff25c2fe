package dev.rekindle.media;

import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import java.util.function.Function;

/** Presets by their names. */
final class Presets {
    private Presets() {}

    /**
     * The preset of that name.
     *
     * @param field where the output that names it stands in the request
     * @throws Failure INVALID_REQUEST for a name that is none
     */
    static <T> T named(String name, List<T> all, Function<T, String> nameOf, String field) {
        return all.stream()
                .filter(one -> nameOf.apply(one).equals(name))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> names = all.stream().map(nameOf).toList();
                    return Failure.invalid(
                            field + ".preset",
                            "is \"" + name + "\"; expected " + String.join(", ", names.subList(0, names.size() - 1))
                                    + " or " + names.getLast());
                });
    }
}
