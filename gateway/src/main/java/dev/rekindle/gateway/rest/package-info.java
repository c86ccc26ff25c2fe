/** REST by the google.api.http rules of the contracts: JSON, server-sent events, and files. */
@NullMarked
package dev.rekindle.gateway.rest;

import org.jspecify.annotations.NullMarked;
