/** Engines that restore and colourize, and the choice between them. */
@NullMarked
package dev.rekindle.processing.engine;

import org.jspecify.annotations.NullMarked;
