/** Our pictures beside those of sharp and ImageMagick. */
@NullMarked
package dev.rekindle.bench.image;

import org.jspecify.annotations.NullMarked;
