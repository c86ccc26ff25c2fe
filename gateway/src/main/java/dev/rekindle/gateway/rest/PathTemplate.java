package dev.rekindle.gateway.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The path of a binding, such as {@code /v1/jobs/{job_id}:cancel}: literals, variables that take one segment each, and a
 * verb or none.
 *
 * @param text as it stands in the contract
 */
public record PathTemplate(String text, List<Segment> segments, String verb) implements Comparable<PathTemplate> {
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_][a-z0-9_.]*)(?:=\\*)?}");
    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern VERB = Pattern.compile(":([A-Za-z]+)$");

    /** One segment of a template. */
    public sealed interface Segment {
        /** These letters and no others. */
        record Literal(String value) implements Segment {}

        /** Anything, for the field of that path. */
        record Variable(String field) implements Segment {}
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException if it has a form that is not used in these contracts, such as {@code **}
     */
    public static PathTemplate parse(String text) {
        Matcher verb = VERB.matcher(text);
        boolean hasVerb = verb.find();
        String path = hasVerb ? text.substring(0, verb.start()) : text;
        if (!path.startsWith("/") || path.length() < 2) {
            throw new IllegalArgumentException(text + " is no path template: it must begin with /");
        }
        List<Segment> segments = new ArrayList<>();
        for (String part : path.substring(1).split("/", -1)) {
            Matcher variable = VARIABLE.matcher(part);
            if (variable.matches()) {
                segments.add(new Segment.Variable(variable.group(1)));
            } else if (LITERAL.matcher(part).matches()) {
                segments.add(new Segment.Literal(part));
            } else {
                throw new IllegalArgumentException(text + " is no path template: \"" + part + "\"");
            }
        }
        return new PathTemplate(text, List.copyOf(segments), hasVerb ? verb.group(1) : "");
    }

    /** The variables' values if the path fits, else null. */
    @Nullable
    Map<String, String> match(RequestPath path) {
        if (path.segments().size() != segments.size() || !path.verb().equals(verb)) {
            return null;
        }
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String value = path.segments().get(i);
            switch (segments.get(i)) {
                case Segment.Literal(String literal) when literal.equals(value) -> {
                    // fits
                }
                case Segment.Literal literal -> {
                    return null;
                }
                case Segment.Variable(String field) -> {
                    if (value.isEmpty()) {
                        return null;
                    }
                    variables.put(field, value);
                }
            }
        }
        return variables;
    }

    /** The fields its variables name. */
    public List<String> fields() {
        return segments.stream()
                .filter(Segment.Variable.class::isInstance)
                .map(segment -> ((Segment.Variable) segment).field())
                .toList();
    }

    /** True if it names a collection: its last segment is a literal, and it has no verb. */
    boolean isCollection() {
        return verb.isEmpty() && segments.getLast() instanceof Segment.Literal;
    }

    /** A literal comes before a variable at the same place. */
    @Override
    public int compareTo(PathTemplate other) {
        for (int i = 0; i < Math.min(segments.size(), other.segments.size()); i++) {
            boolean literal = segments.get(i) instanceof Segment.Literal;
            boolean otherLiteral = other.segments.get(i) instanceof Segment.Literal;
            if (literal != otherLiteral) {
                return literal ? -1 : 1;
            }
        }
        return text.compareTo(other.text);
    }
}
