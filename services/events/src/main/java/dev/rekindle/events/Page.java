package dev.rekindle.events;

import java.util.List;

/**
 * A stretch of the log.
 *
 * @param events those asked for, in order
 * @param end the place up to which the stretch was read; past the last event where nothing asked for follows it
 * @param full true if there may be more behind its end
 */
record Page(List<LoggedEvent> events, Position end, boolean full) {}
