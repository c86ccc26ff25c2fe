@NullMarked
package dev.rekindle.processing.content;

import org.jspecify.annotations.NullMarked;
