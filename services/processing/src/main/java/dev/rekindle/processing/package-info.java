/** The processing service: what workers there are, what engines they have, what presets there are. */
@NullMarked
package dev.rekindle.processing;

import org.jspecify.annotations.NullMarked;
