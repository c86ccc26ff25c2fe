@NullMarked
package dev.rekindle.gateway.call;

import org.jspecify.annotations.NullMarked;
