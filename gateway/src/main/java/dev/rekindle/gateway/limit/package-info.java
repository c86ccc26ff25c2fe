/** How often somebody may call. */
@NullMarked
package dev.rekindle.gateway.limit;

import org.jspecify.annotations.NullMarked;
