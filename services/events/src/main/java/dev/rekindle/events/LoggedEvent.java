package dev.rekindle.events;

import dev.rekindle.events.v1.Event;

/** An event and its place in the log. */
record LoggedEvent(Position position, Event event) {}
