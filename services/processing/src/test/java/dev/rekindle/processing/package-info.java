@NullMarked
package dev.rekindle.processing;

import org.jspecify.annotations.NullMarked;
