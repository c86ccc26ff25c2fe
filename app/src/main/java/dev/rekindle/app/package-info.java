/** All of Rekindle on one machine, and its command line. */
@NullMarked
package dev.rekindle.app;

import org.jspecify.annotations.NullMarked;
