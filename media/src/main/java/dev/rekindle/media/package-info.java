/** What a file is, told from its header alone: type, size, pixels, orientation, frames. Nothing is ever decoded here. */
@NullMarked
package dev.rekindle.media;

import org.jspecify.annotations.NullMarked;
