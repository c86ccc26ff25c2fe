package dev.rekindle.gateway;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.grpc.GrpcMeterIdPrefixFunction;
import com.linecorp.armeria.server.GracefulShutdown;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.cors.CorsService;
import com.linecorp.armeria.server.cors.CorsServiceBuilder;
import com.linecorp.armeria.server.docs.DocService;
import com.linecorp.armeria.server.encoding.EncodingService;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.metric.MetricCollectingService;
import dev.rekindle.gateway.auth.Authenticator;
import dev.rekindle.gateway.auth.SignedIn;
import dev.rekindle.gateway.call.AccessLog;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.gateway.call.RequestIds;
import dev.rekindle.gateway.call.SpanPath;
import dev.rekindle.gateway.grpc.GrpcGate;
import dev.rekindle.gateway.grpc.GrpcProxy;
import dev.rekindle.gateway.grpc.GrpcRefusals;
import dev.rekindle.gateway.grpc.MeshHealth;
import dev.rekindle.gateway.limit.Limiter;
import dev.rekindle.gateway.web.PageHeaders;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.opentelemetry.instrumentation.armeria.v1_3.ArmeriaServerTelemetry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Builds the server: its port and limits, and what every request passes, from the outside in. */
final class FrontDoor {
    private static final int LINE_BYTES_MAX = 8 << 10;
    private static final int HEADER_BYTES_MAX = 16 << 10;
    private static final int ANSWER_BYTES_MAX = 16 << 20;

    /** Each service sets the limit of its own bodies; one for all would cut long gRPC streams and uploads. */
    private static final long NO_LIMIT = 0;

    private static final long NEVER = 0;
    private static final Duration IDLE_MAX = Duration.ofSeconds(75);
    private static final Duration QUIET = Duration.ofMillis(50);

    /** How much longer a request may take than the call it makes, so that the call's own end is told. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final String[] CORS_REQUEST_HEADERS = {
        "authorization",
        "content-type",
        "content-range",
        "grpc-timeout",
        "idempotency-key",
        "if-none-match",
        "last-event-id",
        "range",
        "traceparent",
        "tracestate",
        "x-grpc-web",
        "x-request-id",
        "x-user-agent"
    };
    private static final String[] CORS_ANSWER_HEADERS = {
        "content-disposition",
        "content-range",
        "etag",
        "grpc-message",
        "grpc-status",
        "grpc-status-details-bin",
        "location",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "retry-after",
        "x-request-id"
    };

    private final GatewayConfig config;
    private final Refusals refusals;
    private final Authenticator authenticator;
    private final Limiter limiter;
    private final ServerBuilder server = Server.builder();

    FrontDoor(GatewayConfig config, Refusals refusals, Authenticator authenticator, Limiter limiter) {
        this.config = config;
        this.refusals = refusals;
        this.authenticator = authenticator;
        this.limiter = limiter;
        HttpConfig http = config.http();
        InetSocketAddress address = new InetSocketAddress(http.host(), http.port());
        HttpConfig.Tls tls = http.tls();
        if (tls == null) {
            server.http(address);
        } else {
            server.https(address).tlsProvider(PublicCertificate.follow(tls));
        }
        server.http1MaxInitialLineLength(LINE_BYTES_MAX)
                .http1MaxHeaderSize(HEADER_BYTES_MAX)
                .http2MaxHeaderListSize(HEADER_BYTES_MAX)
                .http2MaxStreamsPerConnection(http.streamsPerConnectionMax())
                .maxNumConnections(http.connectionsMax())
                .idleTimeout(IDLE_MAX)
                .requestTimeout(config.calls().unaryMax().plus(GRACE))
                .maxRequestLength(NO_LIMIT)
                .disableServerHeader()
                .unloggedExceptionsReportIntervalMillis(NEVER)
                .clientAddressTrustedProxyFilter(http.trustedProxies())
                .errorHandler(refusals)
                .gracefulShutdown(GracefulShutdown.builder()
                        .quietPeriod(QUIET)
                        .timeout(http.drainMax().plus(QUIET))
                        .build())
                .accessLogWriter(new AccessLog(), true);
        PageHeaders.ofData(tls != null).forEach((name, value) -> server.setHeader(name, value));
    }

    /** gRPC and gRPC-Web, with health and reflection. */
    FrontDoor grpc(GrpcProxy proxy, MeshHealth health) {
        GrpcService grpc = GrpcService.builder()
                .addServiceDefinitions(proxy.services())
                .addService(health)
                .addService(ProtoReflectionServiceV1.newInstance())
                .supportedSerializationFormats(GrpcGate.SPOKEN)
                .maxRequestMessageLength(config.calls().messageBytesMax())
                .maxResponseMessageLength(ANSWER_BYTES_MAX)
                .decompressorRegistry(GrpcRefusals.encodings())
                .exceptionHandler(new GrpcRefusals())
                .build();
        server.service(
                grpc,
                inner -> new GrpcGate(signedIn(inner), grpc, config.calls().messageBytesMax(), refusals));
        if (config.http().docs()) {
            server.serviceUnder("/docs", new DocService());
        }
        return this;
    }

    /** REST. */
    FrontDoor rest(HttpService rest) {
        server.serviceUnder("/v1/", signedIn(rest));
        return this;
    }

    /** A WebSocket, which says itself who its client is where no header does. */
    FrontDoor socket(String path, HttpService socket) {
        server.service(path, signedIn(socket));
        return this;
    }

    /** Counted by address before anybody signs in, so that credentials cannot be guessed, and by caller after. */
    private HttpService signedIn(HttpService inner) {
        return limiter.byAddress(new SignedIn(limiter.byCaller(inner), authenticator, refusals));
    }

    /** One document or probe. */
    FrontDoor page(String path, HttpService page) {
        server.service(path, page.decorate(compressed()));
        return this;
    }

    /** Everything below a path that nothing else answers. */
    FrontDoor pages(String prefix, HttpService pages) {
        server.serviceUnder(prefix, pages.decorate(compressed()));
        return this;
    }

    private static Function<? super HttpService, EncodingService> compressed() {
        return EncodingService.builder()
                .encodableContentTypes(
                        MediaType.HTML_UTF_8,
                        MediaType.CSS_UTF_8,
                        MediaType.JSON,
                        MediaType.JAVASCRIPT_UTF_8,
                        MediaType.parse("application/javascript"),
                        MediaType.parse("application/manifest+json"),
                        MediaType.SVG_UTF_8)
                .newDecorator();
    }

    /** The server, not yet started. */
    Server build(Telemetry telemetry, Ids ids) {
        // The last decorator added is the first to see a request.
        if (!config.http().corsOrigins().isEmpty()) {
            server.decorator(cors(config.http().corsOrigins()));
        }
        return server.decorator(inner -> new RequestIds(inner, ids))
                .meterRegistry(telemetry.metrics())
                .decorator(MetricCollectingService.newDecorator(GrpcMeterIdPrefixFunction.of("armeria.server")))
                .decorator(ArmeriaServerTelemetry.builder(telemetry.openTelemetry())
                        .addAttributesExtractor(new SpanPath())
                        .build()
                        .newDecorator())
                .build();
    }

    private static Function<? super HttpService, CorsService> cors(List<String> origins) {
        CorsServiceBuilder cors =
                origins.contains("*") ? CorsService.builderForAnyOrigin() : CorsService.builder(origins);
        return cors.allowRequestMethods(
                        HttpMethod.GET,
                        HttpMethod.HEAD,
                        HttpMethod.POST,
                        HttpMethod.PUT,
                        HttpMethod.PATCH,
                        HttpMethod.DELETE)
                .allowRequestHeaders(CORS_REQUEST_HEADERS)
                .exposeHeaders(CORS_ANSWER_HEADERS)
                .maxAge(Duration.ofHours(1))
                .newDecorator();
    }
}
