@NullMarked
package dev.rekindle.processing.video;

import org.jspecify.annotations.NullMarked;
