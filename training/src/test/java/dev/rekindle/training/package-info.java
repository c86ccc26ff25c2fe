@NullMarked
package dev.rekindle.training;

import org.jspecify.annotations.NullMarked;
