/** Tests of the queue on a real Redis. */
@NullMarked
package dev.rekindle.queue;

import org.jspecify.annotations.NullMarked;
