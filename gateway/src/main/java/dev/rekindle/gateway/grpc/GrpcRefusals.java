package dev.rekindle.gateway.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.common.grpc.protocol.ArmeriaStatusException;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.EOFException;
import java.util.Set;
import java.util.zip.ZipException;

/** The status of a gRPC call that failed at the gateway itself: a bad frame, too large a message, a deadline. */
public final class GrpcRefusals implements GrpcExceptionHandlerFunction {
    private static final String OURS = "dev.rekindle.";

    /** What takes frames out of a body. It says by exceptions of any kind that there are none. */
    private static final Set<String> READERS = Set.of(
            "com.linecorp.armeria.common.grpc.protocol.AbstractMessageDeframer",
            "com.linecorp.armeria.server.grpc.UnaryDecoderInput",
            "com.linecorp.armeria.internal.common.grpc.protocol.Base64Decoder",
            "com.linecorp.armeria.internal.common.stream.ByteBufsDecoderInput");

    /** The encodings of messages this server reads, for the server that uses these refusals. */
    public static DecompressorRegistry encodings() {
        return Gunzip.registry();
    }

    @Override
    public Status apply(RequestContext ctx, Status status, Throwable cause, Metadata trailers) {
        boolean badHeader =
                status.getCode() == Status.Code.INVALID_ARGUMENT && cause instanceof IllegalArgumentException;
        StatusRuntimeException refusal = Failures.toStatus(badHeader ? unreadable(cause) : failure(cause));
        Metadata details = refusal.getTrailers();
        if (details != null) {
            trailers.merge(details);
        }
        return refusal.getStatus();
    }

    static Failure failure(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidProtocolBufferException) {
                return Failure.of(Reason.REASON_INVALID_REQUEST, "The message is not the one this call takes.")
                        .withDetail(String.valueOf(cause.getMessage()), cause);
            }
            if (cause instanceof ZipException || cause instanceof EOFException) {
                return unreadable(cause);
            }
        }
        return switch (thrown) {
            case StatusRuntimeException framing -> ofFraming(framing.getStatus().getCode(), framing);
            case ArmeriaStatusException framing ->
                ofFraming(Status.fromCodeValue(framing.getCode()).getCode(), framing);
            case Throwable other -> wasReading(other) ? unreadable(other) : WireFailures.of(other);
        };
    }

    /** What the reading of frames found: services' own refusals do not come this way. */
    private static Failure ofFraming(Status.Code code, Throwable thrown) {
        return switch (code) {
            case RESOURCE_EXHAUSTED -> Failure.of(Reason.REASON_TOO_LARGE, "The message is larger than allowed.");
            case INTERNAL, INVALID_ARGUMENT, UNIMPLEMENTED -> unreadable(thrown);
            default -> WireFailures.of(thrown);
        };
    }

    private static Failure unreadable(Throwable thrown) {
        return Failure.of(Reason.REASON_INVALID_REQUEST, "The frames of the call cannot be read.")
                .withDetail(String.valueOf(thrown.getMessage()), thrown);
    }

    /** True if it was thrown while frames were read, and not by anything of ours that was called from there. */
    private static boolean wasReading(Throwable thrown) {
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (READERS.contains(frame.getClassName())) {
                return true;
            }
            if (frame.getClassName().startsWith(OURS)) {
                return false;
            }
        }
        return false;
    }
}
