/** The one door: REST, gRPC-Web, gRPC, SSE, sign-in, limits, and the pages. */
@NullMarked
package dev.rekindle.gateway;

import org.jspecify.annotations.NullMarked;
