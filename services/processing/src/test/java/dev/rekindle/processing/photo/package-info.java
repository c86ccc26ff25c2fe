@NullMarked
package dev.rekindle.processing.photo;

import org.jspecify.annotations.NullMarked;
