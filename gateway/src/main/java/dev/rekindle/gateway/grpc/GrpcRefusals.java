package dev.rekindle.gateway.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** The status of a gRPC call that failed at the gateway itself: a bad frame, too large a message, a deadline. */
public final class GrpcRefusals implements GrpcExceptionHandlerFunction {
    @Override
    public Status apply(RequestContext ctx, Status status, Throwable cause, Metadata trailers) {
        StatusRuntimeException refusal = Failures.toStatus(failure(cause));
        Metadata details = refusal.getTrailers();
        if (details != null) {
            trailers.merge(details);
        }
        return refusal.getStatus();
    }

    private static Failure failure(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidProtocolBufferException) {
                return Failure.of(Reason.REASON_INVALID_REQUEST, "The message is not the one this call takes.")
                        .withDetail(String.valueOf(cause.getMessage()), cause);
            }
        }
        return thrown instanceof StatusRuntimeException framing ? ofFraming(framing) : WireFailures.of(thrown);
    }

    /** What the reading of frames found: services' own refusals do not come this way. */
    private static Failure ofFraming(StatusRuntimeException thrown) {
        return switch (thrown.getStatus().getCode()) {
            case RESOURCE_EXHAUSTED -> Failure.of(Reason.REASON_TOO_LARGE, "The message is larger than allowed.");
            case INTERNAL, INVALID_ARGUMENT, UNIMPLEMENTED ->
                Failure.of(Reason.REASON_INVALID_REQUEST, "The frames of the call cannot be read.")
                        .withDetail(String.valueOf(thrown.getMessage()), thrown);
            default -> WireFailures.of(thrown);
        };
    }
}
