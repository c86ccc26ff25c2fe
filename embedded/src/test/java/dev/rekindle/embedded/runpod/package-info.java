@NullMarked
package dev.rekindle.embedded.runpod;

import org.jspecify.annotations.NullMarked;
