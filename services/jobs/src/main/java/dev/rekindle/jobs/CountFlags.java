package dev.rekindle.jobs;

import dev.rekindle.platform.db.Database;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** How many flagged photos wait for an operator. */
final class CountFlags {
    private final Database database;
    private final FlagStore store;
    private volatile int openCount;

    CountFlags(Database database, FlagStore store, MeterRegistry metrics) {
        this.database = database;
        this.store = store;
        Gauge.builder("photo_flags_open", () -> openCount)
                .description("Flagged photos nobody has decided about")
                .register(metrics);
    }

    /** Counts. False: there is nothing more to do. */
    boolean run() {
        openCount = store.countOpen(database.sql());
        return false;
    }
}
