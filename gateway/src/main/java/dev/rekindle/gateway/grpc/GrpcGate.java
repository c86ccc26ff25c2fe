package dev.rekindle.gateway.grpc;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.SerializationFormat;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.gateway.call.Refusals;
import io.grpc.ServerMethodDefinition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets only gRPC and gRPC-Web through to the gRPC services, so that others learn why by a problem, and limits what one
 * call may send: one message where it takes one, no sum where it takes a stream.
 */
public final class GrpcGate extends SimpleDecoratingHttpService {
    /** Room for the frame around a message, and for the base64 of gRPC-Web text. */
    private static final int FRAMES = 2;

    private static final long NO_LIMIT = 0;

    /** What a call may come as. */
    public static final List<SerializationFormat> SPOKEN = List.of(
            GrpcSerializationFormats.PROTO,
            GrpcSerializationFormats.PROTO_WEB,
            GrpcSerializationFormats.PROTO_WEB_TEXT);

    private final GrpcService grpc;
    private final long messageBytesMax;
    private final Refusals refusals;

    public GrpcGate(HttpService delegate, GrpcService grpc, long messageBytesMax, Refusals refusals) {
        super(delegate);
        this.grpc = grpc;
        this.messageBytesMax = messageBytesMax;
        this.refusals = refusals;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) throws Exception {
        if (req.method() != HttpMethod.POST) {
            return refusals.answer(ctx, HttpRefusal.methodNotAllowed(req.method(), List.of(HttpMethod.POST)));
        }
        if (!isSpoken(req.contentType())) {
            return refusals.answer(
                    ctx,
                    HttpRefusal.unsupportedType(
                            String.valueOf(req.contentType()), "application/grpc or application/grpc-web+proto"));
        }
        ServerMethodDefinition<?, ?> method = grpc.methodDefinition(ctx);
        boolean one = method == null || method.getMethodDescriptor().getType().clientSendsOneMessage();
        ctx.setMaxRequestLength(one ? FRAMES * messageBytesMax : NO_LIMIT);
        boolean counted = one && method != null;
        return unwrap().serve(ctx, counted ? req.mapData(new OneMessage(isText(req))::pass) : req);
    }

    /** A call in another form, such as JSON in gRPC frames, is answered in that form: by a status in the headers. */
    private static boolean isSpoken(@Nullable MediaType type) {
        return type != null && SPOKEN.stream().anyMatch(format -> format.isAccepted(type));
    }

    private static boolean isText(HttpRequest req) {
        MediaType type = req.contentType();
        return type != null && GrpcSerializationFormats.PROTO_WEB_TEXT.isAccepted(type);
    }
}
