/** The pages: the PWA's files, the OpenAPI document, the explorer. */
@NullMarked
package dev.rekindle.gateway.web;

import org.jspecify.annotations.NullMarked;
