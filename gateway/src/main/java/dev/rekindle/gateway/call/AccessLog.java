package dev.rekindle.gateway.call;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.grpc.protocol.GrpcHeaderNames;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.logging.AccessLogWriter;
import dev.rekindle.platform.rpc.Identity;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One structured line for each request: what was asked, by whom, how it ended and how long it took. No query, no token, no
 * code of a hand-over, in headers or paths.
 */
public final class AccessLog implements AccessLogWriter {
    private static final Logger log = LoggerFactory.getLogger(AccessLog.class);
    /** Asked every few seconds, and told of elsewhere when they fail. */
    private static final String PROBES = "/health";

    private static final int AGENT_LENGTH_MAX = 200;

    /** A code that could not be redeemed at this moment may still be good, and so may the token of a run in the cloud. */
    private static final Pattern SECRET =
            Pattern.compile("^(/v1/handoffs/)[^/]+(?=:claim$)|^(/v1/webhooks/runpod/).+$");

    @Override
    public void log(RequestLog request) {
        if (!log.isInfoEnabled()
                || !(request.context() instanceof ServiceRequestContext ctx)
                || ctx.path().startsWith(PROBES)) {
            return;
        }
        String path = shown(ctx.path());
        int status = request.responseHeaders().status().code();
        long millis = TimeUnit.NANOSECONDS.toMillis(request.totalDurationNanos());
        LoggingEventBuilder line = log.atInfo()
                .addKeyValue("method", ctx.method().name())
                .addKeyValue("path", path)
                .addKeyValue("status", status)
                .addKeyValue("duration_millis", millis)
                .addKeyValue("request_bytes", request.requestLength())
                .addKeyValue("response_bytes", request.responseLength())
                .addKeyValue("protocol", ctx.sessionProtocol().uriText())
                .addKeyValue("client", ctx.clientAddress().getHostAddress());
        if (Exchange.known(ctx)) {
            Exchange exchange = Exchange.of(ctx);
            line = line.addKeyValue("request_id", exchange.requestId());
            line = add(line, "trace_id", exchange.traceId().isEmpty() ? null : exchange.traceId());
            Identity caller = exchange.caller();
            line = add(line, "user", caller == null ? null : caller.subject());
        }
        line = add(line, "rpc", rpc(request));
        line = add(line, "grpc_status", grpcStatus(request));
        line = add(line, "agent", agent(request));
        line.log("{} {} {} {} ms", ctx.method(), path, status, millis);
    }

    /** A path as it may be written down: without what in it is secret. */
    public static String shown(String path) {
        return SECRET.matcher(path).replaceFirst("$1$2***");
    }

    private static LoggingEventBuilder add(LoggingEventBuilder line, String key, @Nullable String value) {
        return value == null ? line : line.addKeyValue(key, value);
    }

    private static @Nullable String rpc(RequestLog request) {
        String service = request.serviceName();
        String name = request.name();
        return service != null && service.startsWith("rekindle.") && name != null ? service + "/" + name : null;
    }

    private static @Nullable String grpcStatus(RequestLog request) {
        String trailer = request.responseTrailers().get(GrpcHeaderNames.GRPC_STATUS);
        return trailer != null ? trailer : request.responseHeaders().get(GrpcHeaderNames.GRPC_STATUS);
    }

    private static @Nullable String agent(RequestLog request) {
        String agent = request.requestHeaders().get(HttpHeaderNames.USER_AGENT);
        return agent == null || agent.length() <= AGENT_LENGTH_MAX ? agent : agent.substring(0, AGENT_LENGTH_MAX);
    }
}
