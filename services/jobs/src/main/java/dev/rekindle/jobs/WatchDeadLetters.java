package dev.rekindle.jobs;

import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.util.Map;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts open dead letters: as metrics, and as an event to operators when there are too many and again when no more than half
 * as many are left. In between the alarm stays as it is, so that a number that goes to and fro tells nobody twice. The alarm is
 * a row, so that of several processes one tells, and once.
 */
final class WatchDeadLetters {
    private static final Logger log = LoggerFactory.getLogger(WatchDeadLetters.class);
    private static final String ALARM = "dead_letters";

    private final Database database;
    private final DeadLetterStore letters;
    private final Outbox outbox;
    private final JobEvents events;
    private final Sources sources;
    private final MultiGauge byClass;
    private volatile boolean raised;

    /** @param alertAt so many open letters are too many */
    record Sources(Clock clock, int alertAt, MeterRegistry metrics) {}

    WatchDeadLetters(Database database, DeadLetterStore letters, Outbox outbox, JobEvents events, Sources sources) {
        this.database = database;
        this.letters = letters;
        this.outbox = outbox;
        this.events = events;
        this.sources = sources;
        this.byClass = MultiGauge.builder("dead_letters_open")
                .description("Jobs that failed for good and nobody has looked after, by class of failure")
                .register(sources.metrics());
        Gauge.builder("dead_letters_alert", () -> raised ? 1 : 0)
                .description("1 from when as many dead letters are open as the alert is set at, until half as many are")
                .register(sources.metrics());
    }

    /** Counts once. Never asks to be run again at once. */
    boolean run() {
        Map<String, Integer> counts = letters.countOpen(database.sql());
        byClass.register(
                counts.entrySet().stream()
                        .map(entry -> MultiGauge.Row.of(Tags.of("failure_class", entry.getKey()), entry.getValue()))
                        .toList(),
                true);
        int open = counts.values().stream().mapToInt(Integer::intValue).sum();
        raised = database.transact(sql -> tell(sql, open));
        return false;
    }

    /** Whether the alarm is raised then. */
    private boolean tell(DSLContext sql, int open) {
        if (open >= sources.alertAt()) {
            if (letters.raise(sql, ALARM, Protos.utc(sources.clock().instant()))) {
                String words = areOpen(open) + "; the alert is set at " + sources.alertAt() + ".";
                log.warn("{}", words);
                outbox.add(sql, JobEvents.debt(events.toOperators("queue.dead_letters.many", "", "", words)));
            }
            return true;
        }
        if (open > sources.alertAt() / 2) {
            return letters.isRaised(sql, ALARM);
        }
        if (letters.lower(sql, ALARM)) {
            String words = areOpen(open) + ", at most half of the " + sources.alertAt() + " of the alert.";
            outbox.add(sql, JobEvents.debt(events.toOperators("queue.dead_letters.few", "", "", words)));
        }
        return false;
    }

    private static String areOpen(int open) {
        return open == 1 ? "1 dead letter is open" : open + " dead letters are open";
    }
}
