/** Benchmarks: each one command, with the peers run beside us. */
@NullMarked
package dev.rekindle.bench;

import org.jspecify.annotations.NullMarked;
