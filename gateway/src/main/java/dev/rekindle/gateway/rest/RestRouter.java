package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpMethod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which handler a method and a path mean. The verb and the number of segments narrow the search to a few templates. */
final class RestRouter {
    /** What a search finds. */
    sealed interface Result {
        /** A handler and the values of the path's variables. */
        record Found(RestHandler handler, Map<String, String> variables) implements Result {}

        /** The path is there for other methods. */
        record WrongMethod(Set<HttpMethod> allowed) implements Result {}

        /** There is no such path. */
        record Nowhere() implements Result {}
    }

    private record Shape(int segments, String verb) {}

    private record Entry(PathTemplate path, Map<HttpMethod, RestHandler> handlers) {}

    private final Map<Shape, List<Entry>> entries = new HashMap<>();

    /**
     * Adds a handler.
     *
     * @throws IllegalArgumentException if the method and path have one already
     */
    void add(HttpMethod method, PathTemplate path, RestHandler handler) {
        if (put(method, path, handler) != null) {
            throw new IllegalArgumentException(method + " " + path.text() + " is bound twice");
        }
    }

    /** Replaces the handler of a method and path that has one. */
    void replace(HttpMethod method, PathTemplate path, RestHandler handler) {
        if (put(method, path, handler) == null) {
            throw new IllegalArgumentException(method + " " + path.text() + " is not bound");
        }
    }

    private @org.jspecify.annotations.Nullable RestHandler put(
            HttpMethod method, PathTemplate path, RestHandler handler) {
        List<Entry> same =
                entries.computeIfAbsent(new Shape(path.segments().size(), path.verb()), shape -> new ArrayList<>());
        Entry entry = same.stream()
                .filter(candidate -> candidate.path().text().equals(path.text()))
                .findFirst()
                .orElseGet(() -> {
                    Entry added = new Entry(path, new EnumMap<>(HttpMethod.class));
                    same.add(added);
                    same.sort(Comparator.comparing(Entry::path));
                    return added;
                });
        return entry.handlers().put(method, handler);
    }

    /** Finds the handler; HEAD is GET where it has none of its own. */
    Result find(HttpMethod method, RequestPath path) {
        Set<HttpMethod> allowed = new TreeSet<>();
        for (Entry entry : entries.getOrDefault(new Shape(path.segments().size(), path.verb()), List.of())) {
            Map<String, String> variables = entry.path().match(path);
            if (variables == null) {
                continue;
            }
            RestHandler handler = entry.handlers().get(method);
            if (handler == null && method == HttpMethod.HEAD) {
                handler = entry.handlers().get(HttpMethod.GET);
            }
            if (handler != null) {
                return new Result.Found(handler, variables);
            }
            allowed.addAll(entry.handlers().keySet());
        }
        return allowed.isEmpty() ? new Result.Nowhere() : new Result.WrongMethod(allowed);
    }
}
