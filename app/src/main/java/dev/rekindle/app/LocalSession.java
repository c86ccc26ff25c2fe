package dev.rekindle.app;

import dev.rekindle.common.v1.Role;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.platform.config.Secret;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The command line as a client: gRPC through the gateway, like any other, with tokens it signs itself because it may
 * read the data folder's keys.
 */
final class LocalSession implements AutoCloseable {
    static final String ISSUER = "http://localhost/dev/oidc";
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final EmbeddedIssuer issuer;
    private final ManagedChannel channel;

    LocalSession(Secrets secrets, int port) {
        this.issuer = issuer(secrets);
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port, InsecureChannelCredentials.create())
                .maxInboundMessageSize(16 << 20)
                .build();
    }

    static EmbeddedIssuer issuer(Secrets secrets) {
        return new EmbeddedIssuer(new Secret(secrets.get("signin.key")), ISSUER, Clock.systemUTC());
    }

    /** A session with the Rekindle that runs on a data folder; empty where none runs. */
    static java.util.Optional<LocalSession> find(Path data) throws java.io.IOException {
        Integer port = RunFile.port(data);
        return port == null
                ? java.util.Optional.empty()
                : java.util.Optional.of(new LocalSession(Secrets.open(data.resolve("secrets.properties")), port));
    }

    /** The channel as this user with these roles. */
    Channel as(String user, Role... roles) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + issuer.token(user, Set.of(roles), Duration.ofHours(1)));
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
