@NullMarked
package dev.rekindle.processing.pipeline;

import org.jspecify.annotations.NullMarked;
