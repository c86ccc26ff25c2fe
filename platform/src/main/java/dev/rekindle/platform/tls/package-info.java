/** Certificates of this process and of those it trusts, read from files and followed while they are renewed. */
@NullMarked
package dev.rekindle.platform.tls;

import org.jspecify.annotations.NullMarked;
