package dev.rekindle.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be done in a shard from time to time whoever else is there: lost leases, due jobs, results nobody needs any more. */
final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    private static final int AT_ONCE_MAX = 200;
    private static final int ROUNDS_MAX = 50;

    private final Scripts scripts;

    Recovery(Scripts scripts) {
        this.scripts = scripts;
    }

    int recover() {
        int recovered = 0;
        boolean more = true;
        for (int round = 0; more && round < ROUNDS_MAX; round++) {
            Reply reply = scripts.runOk("recover", List.of(AT_ONCE_MAX));
            int lost = reply.count();
            recovered += lost + reply.count();
            more = reply.number() == 1;
            if (lost > 0) {
                log.warn("{} leases ran out", lost);
            }
        }
        scripts.runOk("trim_results", List.of());
        return recovered;
    }

    /** The newest result of this shard. */
    String resultsMark() {
        return scripts.runOk("results_mark", List.of("-")).text();
    }

    /** Whether all results of this shard up to the mark are acknowledged or lost. */
    boolean settled(String mark) {
        Reply reply = scripts.runOk("results_mark", List.of(mark));
        reply.text();
        return reply.number() == 1;
    }

    Map<String, Long> holdRetries(HeavyWork heavy, boolean hold) {
        List<Object> arguments = new ArrayList<>(List.of(
                hold ? heavy.hold().toMillis() / 2 : -1,
                heavy.hold().toMillis(),
                heavy.holdMax().toMillis(),
                heavy.memoryBytes(),
                AT_ONCE_MAX));
        arguments.addAll(heavy.kinds());
        Reply reply = scripts.runOk("hold_retries", arguments);
        Map<String, Long> held = new LinkedHashMap<>();
        while (reply.more()) {
            held.put(reply.text(), reply.number());
        }
        return held;
    }
}
