@NullMarked
package dev.rekindle.gateway.auth;

import org.jspecify.annotations.NullMarked;
