package dev.rekindle.events.webhooks;

import java.util.Locale;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** By which way an endpoint is reached. */
public enum Kind {
    WEBHOOK,
    PUSH,
    EMAIL;

    /** As its column has it. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Inlined into statements: a partial index is not used for a value that is only bound. */
    public Field<String> inlined() {
        return DSL.inline(column());
    }

    static Kind of(String column) {
        return valueOf(column.toUpperCase(Locale.ROOT));
    }
}
