package dev.rekindle.platform;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.util.UUID;

/** A source of new ids. Injected, so that tests can say which ids come. */
@FunctionalInterface
public interface Ids {

    /** A new id, greater than every id given before by this source. */
    UUID next();

    /** UUIDv7 (RFC 9562): sorts by time, and inside a millisecond by order of making. */
    static Ids timeOrdered() {
        TimeBasedEpochGenerator generator = Generators.timeBasedEpochGenerator();
        return generator::generate;
    }
}
