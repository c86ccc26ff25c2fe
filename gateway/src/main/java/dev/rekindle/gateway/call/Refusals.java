package dev.rekindle.gateway.call;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeadersBuilder;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.grpc.protocol.GrpcHeaderNames;
import com.linecorp.armeria.common.grpc.protocol.StatusMessageEscaper;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Clock;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a request that failed before it had an answer is answered, on every path: as a problem, or where a gRPC client
 * asks, as a status with the same details.
 */
public final class Refusals implements ServerErrorHandler {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);

    private final Clock clock;
    private final Ids ids;

    public Refusals(Clock clock, Ids ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /** The answer to a request that failed. */
    public HttpResponse answer(ServiceRequestContext ctx, Throwable thrown) {
        return refuse(ctx, ctx.request().headers(), thrown).toHttpResponse();
    }

    /** The answer where there is nothing. */
    public HttpResponse nowhere(ServiceRequestContext ctx) {
        return answer(ctx, nothing(ctx.request().headers(), ctx.path()));
    }

    private static Failure nothing(@Nullable RequestHeaders headers, String path) {
        return isGrpc(headers)
                ? Failure.of(Reason.REASON_UNIMPLEMENTED, "There is no such call on this server.")
                : Failure.of(Reason.REASON_NOT_FOUND, "There is nothing at " + path + ".");
    }

    /** The problem of a stream that failed after it had begun. */
    public Problem problem(ServiceRequestContext ctx, Throwable thrown) {
        Problem problem = Problem.of(thrown, ctx.path(), requestId(ctx), clock.instant());
        report(problem);
        return problem;
    }

    @Override
    public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
        if (cause instanceof HttpResponseException prepared) {
            return prepared.httpResponse();
        }
        return WireFailures.of(cause).reason() == Reason.REASON_CANCELLED
                ? HttpResponse.ofFailure(cause)
                : answer(ctx, cause);
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext ctx,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        return refuse(
                ctx,
                headers,
                status.equals(HttpStatus.NOT_FOUND)
                        ? nothing(headers, headers == null ? "" : pathOf(headers))
                        : new StatusOnly(status));
    }

    /** True if a gRPC or gRPC-Web client asks. */
    public static boolean isGrpc(@Nullable RequestHeaders headers) {
        String type = headers == null ? null : headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && type.startsWith("application/grpc");
    }

    /** A status Armeria chose; the problem keeps it even where no reason of ours has it. */
    private static final class StatusOnly extends RuntimeException {
        private final transient HttpStatus status;

        StatusOnly(HttpStatus status) {
            super(status.toString());
            this.status = status;
        }
    }

    private AggregatedHttpResponse refuse(
            @Nullable ServiceRequestContext ctx, @Nullable RequestHeaders headers, Throwable thrown) {
        String path = headers == null ? "" : pathOf(headers);
        Problem problem = thrown instanceof StatusOnly bare
                ? new Problem(
                        bare.status,
                        WireFailures.of(bare.status),
                        path,
                        requestId(ctx),
                        clock.instant(),
                        com.linecorp.armeria.common.HttpHeaders.of())
                : Problem.of(thrown, path, requestId(ctx), clock.instant());
        report(problem);
        return headers != null && isGrpc(headers)
                ? AggregatedHttpResponse.of(trailersOnly(headers, problem.failure()))
                : problem.toResponse(headers != null && headers.contains(HttpHeaderNames.AUTHORIZATION));
    }

    private static ResponseHeaders trailersOnly(RequestHeaders headers, Failure failure) {
        ResponseHeadersBuilder answer = ResponseHeaders.builder(HttpStatus.OK).endOfStream(true);
        answer.set(HttpHeaderNames.CONTENT_TYPE, Objects.requireNonNull(headers.get(HttpHeaderNames.CONTENT_TYPE)));
        addStatus(answer, failure);
        return answer.build();
    }

    private static void addStatus(HttpHeadersBuilder trailers, Failure failure) {
        StatusRuntimeException status = Failures.toStatus(failure);
        com.google.rpc.Status details = Objects.requireNonNull(StatusProto.fromThrowable(status));
        trailers.setInt(GrpcHeaderNames.GRPC_STATUS, details.getCode());
        trailers.set(GrpcHeaderNames.GRPC_MESSAGE, StatusMessageEscaper.escape(failure.message()));
        trailers.set(
                GrpcHeaderNames.GRPC_STATUS_DETAILS_BIN,
                Base64.getEncoder().withoutPadding().encodeToString(details.toByteArray()));
    }

    private String requestId(@Nullable ServiceRequestContext ctx) {
        return ctx != null && Exchange.known(ctx)
                ? Exchange.of(ctx).requestId()
                : ids.next().toString();
    }

    private static String pathOf(RequestHeaders headers) {
        String path = headers.path();
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    private static void report(Problem problem) {
        Failure failure = problem.failure();
        String path = AccessLog.shown(problem.instance());
        if (failure.reason() == Reason.REASON_INTERNAL) {
            log.atError()
                    .addKeyValue("request_id", problem.requestId())
                    .setCause(failure.getCause())
                    .log(
                            "{} failed: {}",
                            path,
                            failure.detail().isEmpty() ? "a service behind says so" : failure.detail());
        } else if (failure.retryable() && failure.reason() != Reason.REASON_RATE_LIMITED) { // those are counted
            log.atWarn()
                    .addKeyValue("request_id", problem.requestId())
                    .log("{} refused: {} {}", path, failure.message(), failure.detail());
        }
    }
}
