package dev.rekindle.events;

import static dev.rekindle.events.tables.Tables.EVENT_LOG;

import dev.rekindle.platform.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Name;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The days of the log: one partition a day of UTC, made ahead of its first event and dropped after the last is due. */
final class PartitionStore {
    /** How often {@link #maintain} is to run. */
    static final Duration INTERVAL = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(PartitionStore.class);
    private static final String PREFIX = "event_log_";
    /** Day of UTC, as in the name of its partition. */
    private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;

    /** The range of the log that is known to have partitions: from, inclusive, to until, exclusive. */
    private record Covered(Position from, Position until) {
        boolean has(Position first, Position last) {
            return first.seq() >= from.seq() && last.seq() < until.seq();
        }
    }

    private final Database database;
    private final EventsConfig.History config;
    private final Clock clock;
    private volatile Covered covered = new Covered(Position.START, Position.START);

    PartitionStore(Database database, EventsConfig.History config, Clock clock) {
        this.database = database;
        this.config = config;
        this.clock = clock;
    }

    /** Makes the partitions of today and the days ahead, and drops those that are due. */
    void maintain() {
        cover(Position.at(clock.instant()));
        dropExpired();
    }

    /** True if all places from the first to the last, both included, are known to have partitions. */
    boolean covers(Position first, Position last) {
        return covered.has(first, last);
    }

    /** Makes the partitions of the day of that place and of the days ahead, where they are not there. */
    void cover(Position position) {
        LocalDate first = dayOf(position);
        LocalDate end = first.plusDays(config.daysAhead() + 1L);
        if (covers(startOf(first), startOf(end).plus(-1))) {
            return;
        }
        database.transact(sql -> {
            lock(sql);
            List<LocalDate> made = days(sql);
            first.datesUntil(end).filter(day -> !made.contains(day)).forEach(day -> make(sql, day));
            return end;
        });
        covered = new Covered(startOf(first), startOf(end));
    }

    /** The place from which on the log is complete; before it, days may have been dropped. */
    Position floor() {
        return startOf(dayOf(Position.at(clock.instant().minus(config.retention()))));
    }

    private void dropExpired() {
        Position floor = floor();
        List<LocalDate> expired = database.transact(sql -> {
            lock(sql);
            // Dropping waits for whoever reads the log, and all who come after wait behind it: never for long.
            sql.execute("set local lock_timeout = '1s'");
            List<LocalDate> due = days(sql).stream()
                    .filter(day -> !startOf(day.plusDays(1)).isAfter(floor))
                    .toList();
            due.forEach(day -> sql.dropTable(partition(day)).execute());
            return due;
        });
        if (!expired.isEmpty()) {
            log.info("Dropped the events of {}", expired);
        }
    }

    /** The days that have a partition, in order. */
    List<LocalDate> days() {
        return database.transact(PartitionStore::days);
    }

    private static List<LocalDate> days(DSLContext sql) {
        return sql.fetch(
                        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
                                + "where i.inhparent = {0}::regclass order by c.relname",
                        DSL.inline(EVENT_LOG.getName()))
                .map(row -> LocalDate.parse(row.get(0, String.class).substring(PREFIX.length()), DAY));
    }

    /**
     * Made beside the log and then attached: unlike {@code create table … partition of}, that keeps neither readers nor
     * writers waiting.
     */
    private static void make(DSLContext sql, LocalDate day) {
        Name name = partition(day);
        Name parent = DSL.name(EVENT_LOG.getName());
        sql.execute("create table {0} (like {1} including all)", name, parent);
        sql.execute("create unique index on {0} (event_id)", name);
        sql.execute(
                "alter table {0} attach partition {1} for values from ({2}) to ({3})",
                parent,
                name,
                DSL.inline(startOf(day).seq()),
                DSL.inline(startOf(day.plusDays(1)).seq()));
    }

    /** One process at a time; the others then find the work done. */
    private static void lock(DSLContext sql) {
        sql.execute("select pg_advisory_xact_lock(hashtext({0}))", DSL.inline(EVENT_LOG.getName()));
    }

    private static Name partition(LocalDate day) {
        return DSL.name(PREFIX + DAY.format(day));
    }

    private static LocalDate dayOf(Position position) {
        return LocalDate.ofInstant(position.time(), ZoneOffset.UTC);
    }

    private static Position startOf(LocalDate day) {
        return Position.at(day.atStartOfDay(ZoneOffset.UTC).toInstant());
    }
}
