/** Webhooks: endpoints of users, the deliveries made for them out of the log, and the sending. */
@NullMarked
package dev.rekindle.events.webhooks;

import org.jspecify.annotations.NullMarked;
