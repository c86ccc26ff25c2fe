/** The operator's own check of what people upload. */
@NullMarked
package dev.rekindle.processing.content;

import org.jspecify.annotations.NullMarked;
