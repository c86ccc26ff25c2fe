/** The event log, rooms and subscriptions. */
@NullMarked
package dev.rekindle.events;

import org.jspecify.annotations.NullMarked;
