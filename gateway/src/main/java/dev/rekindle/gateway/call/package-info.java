/** What every call through the gateway has, whatever wire it came by: an exchange, a deadline, an answer or a problem. */
@NullMarked
package dev.rekindle.gateway.call;

import org.jspecify.annotations.NullMarked;
