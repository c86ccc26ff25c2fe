/** The priority queue on Redis: lanes, leases, retries. Knows ids and bytes, nothing of photos. */
@NullMarked
package dev.rekindle.queue;

import org.jspecify.annotations.NullMarked;
