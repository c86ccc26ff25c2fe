package dev.rekindle.queue;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a Redis keeps what it is given. Asked once, when the queue is opened. */
final class RedisSafety {
    private static final Logger log = LoggerFactory.getLogger(RedisSafety.class);

    private RedisSafety() {}

    /**
     * Looks at the server that holds the queue.
     *
     * @throws Failure STATE_CONFLICT if it may lose data and the configuration says to refuse that
     */
    static void check(Scripts scripts) {
        Reply reply = scripts.runOk("inspect_server", List.of());
        List<String> dangers = dangers(fields(reply.text()), fields(reply.text()));
        if (dangers.isEmpty()) {
            return;
        }
        String message = "This Redis may lose jobs that wait: " + String.join(" ", dangers)
                + " Jobs come back from the database, but late. Set queue.unsafe_redis to warn to go on all the same.";
        switch (scripts.config().unsafeRedis()) {
            case WARN -> log.warn(message);
            case REFUSE -> throw Failure.of(Reason.REASON_STATE_CONFLICT, message);
        }
    }

    static List<String> dangers(Map<String, String> memory, Map<String, String> persistence) {
        List<String> dangers = new ArrayList<>();
        if (memory.isEmpty() || persistence.isEmpty()) {
            log.info("This Redis does not let us see its memory policy or its persistence; they are not checked");
        }
        @Nullable String policy = memory.get("maxmemory_policy");
        if (policy != null && !policy.equals("noeviction")) {
            dangers.add("maxmemory-policy is " + policy + "; expected noeviction.");
        }
        @Nullable String appendOnly = persistence.get("aof_enabled");
        if (appendOnly != null && !appendOnly.equals("1")) {
            dangers.add("appendonly is no; expected yes.");
        }
        return dangers;
    }

    private static Map<String, String> fields(String info) {
        return info.lines()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2)
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1].strip(), (first, second) -> first));
    }
}
