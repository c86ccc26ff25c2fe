/** The OpenAPI document, made from the contracts. */
@NullMarked
package dev.rekindle.gateway.openapi;

import org.jspecify.annotations.NullMarked;
