/** How work runs: steps in order, progress that only rises, stopping, and a folder that is always cleared. */
@NullMarked
package dev.rekindle.processing.pipeline;

import org.jspecify.annotations.NullMarked;
