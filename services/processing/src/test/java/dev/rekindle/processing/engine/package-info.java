@NullMarked
package dev.rekindle.processing.engine;

import org.jspecify.annotations.NullMarked;
