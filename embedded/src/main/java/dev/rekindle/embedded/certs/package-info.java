/** A certificate authority on this machine, for trials of encryption between processes. */
@NullMarked
package dev.rekindle.embedded.certs;

import org.jspecify.annotations.NullMarked;
