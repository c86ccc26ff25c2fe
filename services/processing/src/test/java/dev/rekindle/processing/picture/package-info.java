@NullMarked
package dev.rekindle.processing.picture;

import org.jspecify.annotations.NullMarked;
