/** Redis: connections and Lua scripts. */
@NullMarked
package dev.rekindle.platform.redis;

import org.jspecify.annotations.NullMarked;
