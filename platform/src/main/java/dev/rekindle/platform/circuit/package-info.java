/** Keeping calls away from what fails, so that neither callers nor what recovers are kept busy by trying. */
@NullMarked
package dev.rekindle.platform.circuit;

import org.jspecify.annotations.NullMarked;
