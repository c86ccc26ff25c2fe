/** gRPC servers and clients: identity, access, validation, failures, deadlines. */
@NullMarked
package dev.rekindle.platform.rpc;

import org.jspecify.annotations.NullMarked;
