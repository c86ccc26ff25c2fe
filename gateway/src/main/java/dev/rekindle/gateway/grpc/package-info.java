/** gRPC and gRPC-Web, forwarded to the services as they come. */
@NullMarked
package dev.rekindle.gateway.grpc;

import org.jspecify.annotations.NullMarked;
