@NullMarked
package dev.rekindle.embedded.stripe;

import org.jspecify.annotations.NullMarked;
