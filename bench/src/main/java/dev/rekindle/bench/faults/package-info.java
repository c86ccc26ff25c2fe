/** The whole mesh in processes of its own, under load, while faults strike; then every invariant is checked from outside. */
@NullMarked
package dev.rekindle.bench.faults;

import org.jspecify.annotations.NullMarked;
