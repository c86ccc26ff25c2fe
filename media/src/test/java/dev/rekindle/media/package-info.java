@NullMarked
package dev.rekindle.media;

import org.jspecify.annotations.NullMarked;
