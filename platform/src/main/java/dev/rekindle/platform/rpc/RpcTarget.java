package dev.rekindle.platform.rpc;

import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.tls.MeshTls;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the instances of one service are found, and what is called there.
 *
 * @param target {@code dns:///host:port}, {@code xds:///name}, or {@code static:///host:port,host:port}
 * @param services whose contracts say which calls may be repeated
 * @param tls null calls in clear
 */
public record RpcTarget(
        String target,
        List<ServiceDescriptor> services,
        @Nullable MeshTls tls) {
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+):\\d{1,5}");
    private static final Pattern DNS = Pattern.compile("dns:///" + ADDRESS.pattern());
    private static final Pattern XDS = Pattern.compile("xds:///[A-Za-z0-9._:/-]+");

    public RpcTarget {
        services = List.copyOf(services);
    }

    /** Reads {@code services.{room}} and {@code mesh.tls}. */
    public static RpcTarget from(Settings settings, String room, List<ServiceDescriptor> services) {
        Settings targets = settings.under("services");
        String text = targets.text(room).strip();
        String target = canonical(text);
        if (target == null && !text.isEmpty()) {
            targets.problem(
                    room,
                    "is \"" + text + "\"; expected host:port, several of them separated by commas, dns:///host:port"
                            + " or xds:///name.");
        }
        return new RpcTarget(target == null ? text : target, services, MeshTls.from(settings));
    }

    /** A target called in clear. */
    public static RpcTarget clear(String target, ServiceDescriptor... services) {
        return new RpcTarget(target, List.of(services), null);
    }

    private static @Nullable String canonical(String text) {
        if (DNS.matcher(text).matches() || XDS.matcher(text).matches()) {
            return text;
        }
        String list = text.startsWith(AddressList.PREFIX) ? text.substring(AddressList.PREFIX.length()) : text;
        List<String> addresses = AddressList.split(list);
        return !addresses.isEmpty() && addresses.stream().allMatch(RpcTarget::isAddress)
                ? AddressList.PREFIX + String.join(",", addresses)
                : null;
    }

    private static boolean isAddress(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return false;
        }
        int port = Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
        return port > 0 && port <= 65535;
    }

    /** The target as gRPC parses it, which wants the brackets of IPv6 addresses escaped. */
    String uri() {
        return target.replace("[", "%5B").replace("]", "%5D");
    }

    /** True if a control plane decides where calls go and how they are repeated. */
    boolean isManaged() {
        return target.startsWith("xds:");
    }
}
