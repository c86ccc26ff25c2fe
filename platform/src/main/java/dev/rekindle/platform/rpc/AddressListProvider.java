package dev.rekindle.platform.rpc;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.URI;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes gRPC understand {@code static:///host:port,host:port}; found by gRPC through {@code META-INF/services}. */
public final class AddressListProvider extends NameResolverProvider {
    private static final int PRIORITY = 5; // gRPC's own default; no other has the scheme

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }

    @Override
    public String getDefaultScheme() {
        return AddressList.SCHEME;
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
        if (!AddressList.SCHEME.equals(target.getScheme())) {
            return null;
        }
        Executor lookups = args.getOffloadExecutor();
        return new AddressList(
                target.getPath().substring(1), lookups == null ? task -> Thread.startVirtualThread(task) : lookups);
    }
}
