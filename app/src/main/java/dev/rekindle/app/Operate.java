package dev.rekindle.app;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import dev.rekindle.common.v1.Role;
import dev.rekindle.platform.config.Durations;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** What commands share that speak with the Rekindle that runs on a data folder. */
final class Operate {
    private static final int EXIT_REFUSED = 1;
    private static final String OPERATOR_LETTERS = "[^A-Za-z0-9._@-]";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    private Operate() {}

    /** What a command does on a channel. */
    @FunctionalInterface
    interface Work {
        void run(Channel channel) throws IOException;
    }

    /** Works as an operator, named as the shell's user so that others see who it was. */
    static int asOperator(Where where, Work work) throws IOException {
        String name = System.getProperty("user.name", "operator").replaceAll(OPERATOR_LETTERS, "-");
        return as(where, name, Role.ROLE_ADMIN, work);
    }

    /** Works as the user that {@code --user} names. */
    static int asUser(Where where, String user, Work work) throws IOException {
        return as(where, UserName.checked("--user", user), Role.ROLE_USER, work);
    }

    private static int as(Where where, String user, Role role, Work work) throws IOException {
        LocalSession session = LocalSession.find(where.data())
                .orElseThrow(
                        () -> new CannotStart("nothing runs on " + where.data() + "; start it with ./rekindle up"));
        try (session) {
            work.run(session.as(user, role));
            return 0;
        } catch (StatusRuntimeException e) {
            Failure failure = Failures.of(e);
            System.err.println("rekindle: " + failure.message());
            return EXIT_REFUSED;
        }
    }

    /** Prints a message as REST shows it. */
    static void printJson(MessageOrBuilder message) {
        try {
            System.out.println(JsonFormat.printer().print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A time on the clock of this machine; a dash where there is none. */
    static String time(Timestamp time) {
        return time.getSeconds() == 0 ? "-" : TIME.format(Instant.ofEpochSecond(time.getSeconds()));
    }

    /** {@code JOB_STATE_RETRY_SCHEDULED} → {@code retry_scheduled} */
    static String word(Enum<?> value, String prefix) {
        String name = value.name();
        String word = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        return word.toLowerCase(java.util.Locale.ROOT);
    }

    /** {@code 90s} → 90 seconds. */
    static Duration duration(String option, String text) {
        try {
            java.time.Duration time = Durations.parse(text);
            return Duration.newBuilder()
                    .setSeconds(time.toSeconds())
                    .setNanos(time.toNanosPart())
                    .build();
        } catch (IllegalArgumentException e) {
            throw new CannotStart(option + ": " + e.getMessage());
        }
    }

    /** 90 seconds → {@code 90 s}; to the millisecond. */
    static String words(Duration time) {
        return time.getNanos() == 0
                ? time.getSeconds() + " s"
                : (time.getSeconds() * 1000 + time.getNanos() / 1_000_000) + " ms";
    }

    /** How many are to be listed. */
    static int max(int wished) {
        if (wished < 1) {
            throw new CannotStart("--max is " + wished + "; expected 1 or more");
        }
        return wished;
    }

    /** {@code data} → {@code FAILURE_CLASS_DATA}; empty is the type's zero. */
    static <E extends Enum<E>> E choice(Class<E> type, String prefix, String option, String word) {
        String wanted = word.isEmpty()
                ? "UNSPECIFIED"
                : word.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
        try {
            return Enum.valueOf(type, prefix + wanted);
        } catch (IllegalArgumentException e) {
            String all = java.util.Arrays.stream(type.getEnumConstants())
                    .map(Enum::name)
                    .filter(name -> name.startsWith(prefix) && !name.endsWith("_UNSPECIFIED"))
                    .map(name -> name.substring(prefix.length()).toLowerCase(java.util.Locale.ROOT))
                    .collect(java.util.stream.Collectors.joining(", "));
            throw new CannotStart(option + " is \"" + word + "\"; expected one of " + all);
        }
    }
}
