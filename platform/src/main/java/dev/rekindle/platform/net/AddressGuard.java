package dev.rekindle.platform.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells which addresses a request may go to whose target strangers have named. A name is looked up here once, and the
 * connection goes to the very addresses that were checked: a name that answers something else a moment later changes
 * nothing.
 */
public final class AddressGuard {
    /** The address of a host may not be sent to. */
    public static final class Refused extends UnknownHostException {
        Refused(String message) {
            super(message);
        }
    }

    /** Finds the addresses of a name. */
    @FunctionalInterface
    public interface Lookup {
        InetAddress[] find(String host) throws UnknownHostException;
    }

    /** What of IPv6 is public; all else is refused, mapped and translated IPv4 included. */
    private static final Network PUBLIC_V6 = Network.parse("2000::/3");

    /** What is not public, from the registries of special-purpose addresses, and metadata services of clouds. */
    private static final List<Network> NOT_PUBLIC = Stream.of(
                    "0.0.0.0/8", // this network
                    "10.0.0.0/8", // private
                    "100.64.0.0/10", // carrier-grade NAT, and the metadata service of one cloud
                    "127.0.0.0/8", // loopback
                    "168.63.129.16/32", // the host agent of one cloud
                    "169.254.0.0/16", // link-local, and the metadata services of most clouds
                    "172.16.0.0/12", // private
                    "192.0.0.0/24", // protocol assignments
                    "192.0.2.0/24", // documentation
                    "192.88.99.0/24", // relays of 6to4
                    "192.168.0.0/16", // private
                    "198.18.0.0/15", // benchmarks
                    "198.51.100.0/24", // documentation
                    "203.0.113.0/24", // documentation
                    "224.0.0.0/4", // multicast
                    "240.0.0.0/4", // reserved, and broadcast
                    "2001::/23", // protocol assignments, Teredo among them
                    "2001:db8::/32", // documentation
                    "2002::/16", // 6to4, which holds an IPv4 address
                    "3fff::/20") // documentation
            .map(Network::parse)
            .toList();

    private final List<Network> allowed;
    private final Lookup lookup;

    /** A guard that lets through public addresses and those of the networks given. */
    public AddressGuard(List<Network> allowed, Lookup lookup) {
        this.allowed = List.copyOf(allowed);
        this.lookup = lookup;
    }

    /**
     * The addresses of a host, all of them good.
     *
     * @throws Refused if any of them is not
     * @throws UnknownHostException if there are none
     */
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = lookup.find(bare(host));
        if (addresses.length == 0) {
            throw new UnknownHostException(host);
        }
        for (InetAddress address : addresses) {
            if (!mayBeSentTo(address)) {
                throw new Refused(host + " has an address that is not public.");
            }
        }
        return addresses;
    }

    /** True unless the host is written as an address that may not be sent to; names are not looked up. */
    public boolean mayBeNamed(String host) {
        try {
            return mayBeSentTo(InetAddress.ofLiteral(bare(host)));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    public boolean mayBeSentTo(InetAddress address) {
        return allowed.stream().anyMatch(network -> network.has(address)) || isPublic(address);
    }

    private static boolean isPublic(InetAddress address) {
        return (!(address instanceof Inet6Address) || PUBLIC_V6.has(address))
                && NOT_PUBLIC.stream().noneMatch(network -> network.has(address));
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
