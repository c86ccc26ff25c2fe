@NullMarked
package dev.rekindle.processing.worker;

import org.jspecify.annotations.NullMarked;
