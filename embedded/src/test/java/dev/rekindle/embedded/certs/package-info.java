@NullMarked
package dev.rekindle.embedded.certs;

import org.jspecify.annotations.NullMarked;
