package dev.rekindle.gateway;

import com.linecorp.armeria.common.util.InetAddressPredicates;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.tls.CertificateFiles;
import dev.rekindle.platform.tls.MeshTls;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The public port.
 *
 * @param port 0 takes a free one
 * @param tls certificate and key; null serves plain HTTP
 * @param corsOrigins pages of these origins may call; "*" means all, which harms nobody since no cookie is ever sent
 * @param connectionsMax open connections at once
 * @param streamsPerConnectionMax HTTP/2 streams of one connection
 * @param trustedProxies the addresses whose word is taken (Forwarded, X-Forwarded-For) for whom they speak for
 * @param drainMax how long requests under way may take when the process ends
 * @param docs whether Armeria's own console is served at {@code /docs}
 */
public record HttpConfig(
        String host,
        int port,
        @Nullable Tls tls,
        List<String> corsOrigins,
        int connectionsMax,
        int streamsPerConnectionMax,
        Predicate<InetAddress> trustedProxies,
        Duration drainMax,
        boolean docs) {

    /**
     * What the public port shows to be encrypted.
     *
     * @param files certificate and key
     * @param reload how often renewed ones are looked for
     */
    public record Tls(CertificateFiles files, Duration reload) {}

    /** Reads {@code http}, {@code tls} and {@code cors}. */
    public static HttpConfig from(Settings settings) {
        Settings http = settings.under("http");
        return new HttpConfig(
                http.text("host", "127.0.0.1"),
                http.number("port", 8080, 0, 65535),
                tls(settings.under("tls")),
                settings.under("cors").list("origins", List.of()),
                http.number("connections_max", 10_000, 1, 1_000_000),
                http.number("streams_per_connection_max", 1_000, 1, 100_000),
                trustedProxies(http),
                http.duration("drain_max", Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(5)),
                settings.under("docs").flag("enabled", false));
    }

    private static Predicate<InetAddress> trustedProxies(Settings http) {
        Predicate<InetAddress> trusted = address -> false;
        for (String network : http.list("trusted_proxies", List.of())) {
            try {
                trusted = trusted.or(InetAddressPredicates.ofCidr(network));
            } catch (IllegalArgumentException e) {
                http.problem("trusted_proxies", "has \"" + network + "\"; expected networks such as 10.1.0.0/16.");
            }
        }
        return trusted;
    }

    private static @Nullable Tls tls(Settings tls) {
        Duration reload = tls.duration("reload", MeshTls.RELOAD, Duration.ofMillis(50), Duration.ofDays(1));
        CertificateFiles files = CertificateFiles.from(tls);
        return files == null ? null : new Tls(files, reload);
    }
}
