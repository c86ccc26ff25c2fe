/** Pictures in memory: decoding to upright sRGB, resizing, finding corners and faces, encoding without metadata. */
@NullMarked
package dev.rekindle.processing.picture;

import org.jspecify.annotations.NullMarked;
