/** Telling people: web push and e-mail, on the deliveries of webhooks. */
@NullMarked
package dev.rekindle.events.notifications;

import org.jspecify.annotations.NullMarked;
