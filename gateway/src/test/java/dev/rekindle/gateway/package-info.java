/** Tests of the gateway as a whole: real services behind it, real clients before it. */
@NullMarked
package dev.rekindle.gateway;

import org.jspecify.annotations.NullMarked;
