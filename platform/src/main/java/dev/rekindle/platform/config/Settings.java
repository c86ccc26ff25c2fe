package dev.rekindle.platform.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Settings by dotted key, from the environment first, then from a file in HOCON. The setting {@code jobs.database.url}
 * is the variable {@code REKINDLE_JOBS_DATABASE_URL}.
 *
 * <p>A component reads its record from here and gives a default and bounds with each value. Bad values are gathered, so
 * that one start tells all of them; {@link #check()} throws them together, along with settings nobody asked for, which
 * are mistakes in spelling.
 */
public final class Settings {
    private static final String ENVIRONMENT_PREFIX = "REKINDLE_";

    private final String prefix;
    private final Source source;

    private Settings(String prefix, Source source) {
        this.prefix = prefix;
        this.source = source;
    }

    /** Settings of a process: its environment and the file named by {@code REKINDLE_CONFIG}, if any. */
    public static Settings load(Map<String, String> environment) {
        String file = environment.get(ENVIRONMENT_PREFIX + "CONFIG");
        return load(environment, file == null ? null : Path.of(file));
    }

    /**
     * Settings from an environment and, where given, a file.
     *
     * @throws BadSettings if the file cannot be read or is not HOCON
     */
    public static Settings load(Map<String, String> environment, @Nullable Path file) {
        Map<String, String> fromFile = new HashMap<>();
        if (file != null) {
            if (!Files.isReadable(file)) {
                throw new BadSettings(List.of("The settings file " + file + " cannot be read."));
            }
            try {
                Config config = ConfigFactory.parseFile(file.toFile()).resolve();
                config.entrySet()
                        .forEach(entry -> fromFile.put(
                                entry.getKey(), text(entry.getValue().unwrapped())));
            } catch (ConfigException e) {
                throw new BadSettings(List.of("The settings file " + file + " is not valid: " + e.getMessage()));
            }
        }
        return new Settings("", new Source(environment, fromFile));
    }

    /** Settings from a map of keys, for tests and for processes that start others in the same JVM. */
    public static Settings of(Map<String, String> values) {
        return new Settings("", new Source(Map.of(), values));
    }

    private static String text(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
    }

    /** The settings below a key: {@code under("jobs").text("host", …)} is {@code jobs.host}. */
    public Settings under(String key) {
        return new Settings(prefix + key + ".", source);
    }

    public String text(String key, String otherwise) {
        return read(key, otherwise, "text", Function.identity());
    }

    /** A text that must be given. */
    public String text(String key) {
        return required(key, "text", Function.identity(), "");
    }

    public Secret secret(String key, String otherwise) {
        return read(key, new Secret(otherwise), "text", Secret::new);
    }

    public boolean flag(String key, boolean otherwise) {
        return read(key, otherwise, "true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            case String other -> throw new IllegalArgumentException(other);
        });
    }

    /** A whole number between min and max, both included. */
    public long number(String key, long otherwise, long min, long max) {
        return read(key, otherwise, "a whole number from " + min + " to " + max, text -> {
            long value = Long.parseLong(text);
            if (value < min || value > max) {
                throw new IllegalArgumentException(text);
            }
            return value;
        });
    }

    /** A whole number between min and max, both included. */
    public int number(String key, int otherwise, int min, int max) {
        return Math.toIntExact(number(key, (long) otherwise, min, max));
    }

    /** A number between min and max, both included. */
    public double fraction(String key, double otherwise, double min, double max) {
        return read(key, otherwise, "a number from " + min + " to " + max, text -> {
            double value = Double.parseDouble(text);
            if (!(value >= min && value <= max)) {
                throw new IllegalArgumentException(text);
            }
            return value;
        });
    }

    /** A duration such as {@code 250ms}, {@code 30s}, {@code 5m}, {@code 12h}, {@code 7d}. */
    public Duration duration(String key, Duration otherwise, Duration min, Duration max) {
        return read(key, otherwise, "a duration from " + Durations.show(min) + " to " + Durations.show(max), text -> {
            Duration value = Durations.parse(text);
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                throw new IllegalArgumentException(text);
            }
            return value;
        });
    }

    public URI uri(String key, URI otherwise) {
        return read(key, otherwise, "a URI", URI::create);
    }

    public Path path(String key, Path otherwise) {
        return read(key, otherwise, "a path", Path::of);
    }

    /** Texts separated by commas. */
    public List<String> list(String key, List<String> otherwise) {
        return read(
                key,
                otherwise,
                "texts separated by commas",
                text -> Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList());
    }

    /** One of the names of an enum, in lower case. */
    public <E extends Enum<E>> E choice(String key, E otherwise) {
        Class<E> type = otherwise.getDeclaringClass();
        String names = EnumSet.allOf(type).stream()
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        return read(key, otherwise, "one of " + names, text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)));
    }

    /** True if the setting is given anywhere. */
    public boolean has(String key) {
        return source.find(prefix + key) != null;
    }

    /** Adds a problem a component found beyond what a single value can show. */
    public void problem(String key, String message) {
        source.problems.add(describe(key) + " " + message);
    }

    /**
     * Ends the reading.
     *
     * @throws BadSettings if any value was bad or missing, or a setting was given that nobody asked for
     */
    public void check() {
        // One setting may be read by several components, and is one problem all the same.
        List<String> problems = new ArrayList<>(new LinkedHashSet<>(source.problems));
        problems.addAll(source.unknown());
        if (!problems.isEmpty()) {
            throw new BadSettings(problems);
        }
    }

    private <T> T read(String key, T otherwise, String expected, Function<String, T> parse) {
        String value = source.find(prefix + key);
        if (value == null || value.isEmpty()) {
            return otherwise;
        }
        try {
            return parse.apply(value);
        } catch (IllegalArgumentException e) {
            source.problems.add(describe(key) + " is \"" + value + "\"; expected " + expected + ".");
            return otherwise;
        }
    }

    private <T> T required(String key, String expected, Function<String, T> parse, T placeholder) {
        String value = source.find(prefix + key);
        if (value == null || value.isEmpty()) {
            source.problems.add(describe(key) + " is missing; expected " + expected + ".");
            return placeholder;
        }
        return read(key, placeholder, expected, parse);
    }

    private String describe(String key) {
        return "Setting " + prefix + key + " (" + variable(prefix + key) + ")";
    }

    private static String variable(String key) {
        return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** Where values come from, and what was asked of it. */
    private static final class Source {
        private final Map<String, String> environment;
        private final Map<String, String> values;
        private final Set<String> asked = new HashSet<>();
        private final List<String> problems = new ArrayList<>();

        Source(Map<String, String> environment, Map<String, String> values) {
            this.environment = environment;
            this.values = values;
        }

        @Nullable
        String find(String key) {
            asked.add(key);
            String fromEnvironment = environment.get(variable(key));
            return fromEnvironment != null ? fromEnvironment : values.get(key);
        }

        List<String> unknown() {
            Set<String> variables = asked.stream().map(Settings::variable).collect(Collectors.toSet());
            variables.add(ENVIRONMENT_PREFIX + "CONFIG");
            List<String> unknown = new ArrayList<>();
            environment.keySet().stream()
                    .filter(name -> name.startsWith(ENVIRONMENT_PREFIX) && !variables.contains(name))
                    .sorted()
                    .forEach(name -> unknown.add("The variable " + name + " is not a setting of this process."));
            values.keySet().stream()
                    .filter(key -> !asked.contains(key))
                    .sorted()
                    .forEach(key -> unknown.add("The key " + key + " is not a setting of this process."));
            return unknown;
        }
    }
}
