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

/** Which endpoint a method and a path mean. The verb and the count of segments narrow the search to a few templates. */
final class RestRouter {
    /** What a search finds. */
    sealed interface Result {
        /** An endpoint and the values of the path's variables. */
        record Found(RestEndpoint endpoint, Map<String, String> variables) implements Result {}

        /** The path is there for other methods. */
        record WrongMethod(Set<HttpMethod> allowed) implements Result {}

        /** There is no such path. */
        record Nowhere() implements Result {}
    }

    private record Shape(int segments, String verb) {}

    private record Entry(PathTemplate path, Map<HttpMethod, RestEndpoint> endpoints) {}

    private final Map<Shape, List<Entry>> entries = new HashMap<>();

    /**
     * Adds an endpoint.
     *
     * @throws IllegalArgumentException if the method and path have one already
     */
    void add(HttpMethod method, PathTemplate path, RestEndpoint endpoint) {
        if (put(method, path, endpoint) != null) {
            throw new IllegalArgumentException(method + " " + path.text() + " is bound twice");
        }
    }

    /** Replaces the endpoint of a method and path that has one. */
    void replace(HttpMethod method, PathTemplate path, RestEndpoint endpoint) {
        if (put(method, path, endpoint) == null) {
            throw new IllegalArgumentException(method + " " + path.text() + " is not bound");
        }
    }

    private @org.jspecify.annotations.Nullable RestEndpoint put(
            HttpMethod method, PathTemplate path, RestEndpoint endpoint) {
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
        return entry.endpoints().put(method, endpoint);
    }

    /** Finds the endpoint; HEAD is GET where it has none of its own. */
    Result find(HttpMethod method, RequestPath path) {
        Set<HttpMethod> allowed = new TreeSet<>();
        for (Entry entry : entries.getOrDefault(new Shape(path.segments().size(), path.verb()), List.of())) {
            Map<String, String> variables = entry.path().match(path);
            if (variables == null) {
                continue;
            }
            RestEndpoint endpoint = entry.endpoints().get(method);
            if (endpoint == null && method == HttpMethod.HEAD) {
                endpoint = entry.endpoints().get(HttpMethod.GET);
            }
            if (endpoint != null) {
                return new Result.Found(endpoint, variables);
            }
            allowed.addAll(entry.endpoints().keySet());
        }
        return allowed.isEmpty() ? new Result.Nowhere() : new Result.WrongMethod(allowed);
    }
}
