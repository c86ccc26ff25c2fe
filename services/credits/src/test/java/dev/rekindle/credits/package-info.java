@NullMarked
package dev.rekindle.credits;

import org.jspecify.annotations.NullMarked;
