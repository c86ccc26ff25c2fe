@NullMarked
package dev.rekindle.gateway.rest;

import org.jspecify.annotations.NullMarked;
