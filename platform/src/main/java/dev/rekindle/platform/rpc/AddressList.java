package dev.rekindle.platform.rpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A service's instances by a list of their addresses. Each is an instance of its own to the balancer, and shows a
 * certificate of its own name. Names are looked up again when a connection breaks; one that is unknown is left out.
 */
final class AddressList extends NameResolver {
    static final String SCHEME = "static";
    static final String PREFIX = SCHEME + ":///";

    private final List<String> addresses;
    private final Executor lookups;
    private @Nullable Listener2 listener;

    AddressList(String list, Executor lookups) {
        this.addresses = split(list);
        this.lookups = lookups;
    }

    static List<String> split(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
    }

    @Override
    public String getServiceAuthority() {
        return addresses.getFirst();
    }

    @Override
    public void start(Listener2 listener) {
        this.listener = listener;
        refresh();
    }

    @Override
    public void refresh() {
        Listener2 told = listener;
        if (told != null) {
            lookups.execute(() -> resolve(told));
        }
    }

    private void resolve(Listener2 told) {
        List<EquivalentAddressGroup> found = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String address : addresses) {
            try {
                found.add(group(address));
            } catch (UnknownHostException e) {
                unknown.add(address);
            }
        }
        if (found.isEmpty()) {
            told.onError(Status.UNAVAILABLE.withDescription("No address is known of " + String.join(", ", unknown)));
        } else {
            told.onResult(ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(found))
                    .build());
        }
    }

    private static EquivalentAddressGroup group(String address) throws UnknownHostException {
        int colon = address.lastIndexOf(':');
        int port = Integer.parseInt(address.substring(colon + 1));
        List<SocketAddress> sockets = Arrays.stream(InetAddress.getAllByName(address.substring(0, colon)))
                .<SocketAddress>map(host -> new InetSocketAddress(host, port))
                .toList();
        return new EquivalentAddressGroup(
                sockets,
                Attributes.newBuilder()
                        .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, address)
                        .build());
    }

    @Override
    public void shutdown() {
        listener = null;
    }
}
