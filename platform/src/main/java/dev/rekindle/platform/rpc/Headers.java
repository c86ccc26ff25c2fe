package dev.rekindle.platform.rpc;

import io.grpc.Context;
import io.grpc.Metadata;

/** The request headers of ours that travel through the mesh. */
public final class Headers {
    /** Who calls, as signed by the gateway or a service. */
    public static final Metadata.Key<String> IDENTITY =
            Metadata.Key.of("rekindle-identity", Metadata.ASCII_STRING_MARSHALLER);
    /** One id for all that one request of a client causes. */
    public static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    /** The request id of the present RPC; empty outside one. */
    public static final Context.Key<String> CURRENT_REQUEST_ID = Context.keyWithDefault("rekindle-request-id", "");

    private Headers() {}
}
