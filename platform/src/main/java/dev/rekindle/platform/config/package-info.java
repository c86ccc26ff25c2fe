/** Typed, validated settings from a file and the environment. */
@NullMarked
package dev.rekindle.platform.config;

import org.jspecify.annotations.NullMarked;
