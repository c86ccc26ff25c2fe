package dev.rekindle.platform.net;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** HTTP to servers that are not ours: nothing is followed, repeated, remembered or unpacked, and heads of answers are bounded. */
public final class OutgoingHttp {
    private static final int HEADER_LINE_MAX = 8 << 10;
    private static final int HEADERS_MAX = 100;
    private static final Duration RETRY_AFTER_MAX = Duration.ofHours(24);

    private OutgoingHttp() {}

    /**
     * What a client bears.
     *
     * @param connect until a connection is there
     * @param silence between two bytes of an answer; zero: no limit, for callers that bound the whole call
     * @param keptOpen after which a connection is not used again
     * @param connections at once
     */
    public record Limits(Duration connect, Duration silence, Duration keptOpen, int connections) {}

    /**
     * A client.
     *
     * @param addresses finds the addresses connections go to
     * @param name tells servers who calls
     */
    public static CloseableHttpClient client(DnsResolver addresses, Limits limits, String name) {
        Timeout silence = Timeout.of(limits.silence());
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(addresses)
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(Http1Config.custom()
                                        .setMaxLineLength(HEADER_LINE_MAX)
                                        .setMaxHeaderCount(HEADERS_MAX)
                                        .build())
                                .build())
                        .setMaxConnTotal(limits.connections())
                        .setMaxConnPerRoute(limits.connections())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(limits.connect()))
                                .setSocketTimeout(silence)
                                .setTimeToLive(Timeout.of(limits.keptOpen()))
                                .setValidateAfterInactivity(Timeout.ofSeconds(1))
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.of(limits.connect()))
                        .setResponseTimeout(silence)
                        .setRedirectsEnabled(false)
                        .setAuthenticationEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent(name)
                .build();
    }

    /** True if the request cannot have arrived. */
    public static boolean isUnsent(Exception e) {
        return e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof ConnectTimeoutException
                || e instanceof UnknownHostException;
    }

    /** How long a server wishes to be left alone, said in seconds or as a date: 0 to 24 hours; null if it does not say. */
    public static @Nullable Duration retryAfter(@Nullable Header header, Clock clock) {
        if (header == null) {
            return null;
        }
        String text = header.getValue().strip();
        Duration wait;
        try {
            wait = Duration.ofSeconds(Long.parseLong(text));
        } catch (NumberFormatException | ArithmeticException notSeconds) {
            try {
                wait = Duration.between(
                        clock.instant(), Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
            } catch (DateTimeParseException neither) {
                return null;
            }
        }
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : wait;
    }
}
