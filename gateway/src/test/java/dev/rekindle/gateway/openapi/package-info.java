@NullMarked
package dev.rekindle.gateway.openapi;

import org.jspecify.annotations.NullMarked;
