package dev.rekindle.platform.rpc;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors;
import dev.rekindle.common.v1.Repeat;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.List;
import java.util.Map;

/**
 * How calls are spread over instances, and which are sent again, by the contract and nothing else. A call that surely
 * reached no server is sent again whatever it does. One that may have been carried out is sent again only if its contract
 * says that twice is as good as once: by its HTTP verb, by a {@code request_id}, or by the option
 * {@code rekindle.common.v1.idempotent}.
 */
public final class CallPolicy {
    static final String REQUEST_ID = "request_id";

    /** Five tries within some two seconds, so that a call outlives the death of the instance it was on, and a short absence of all. */
    private static final Map<String, Object> REPEATED = Map.of(
            "maxAttempts",
            5.0,
            "initialBackoff",
            "0.1s",
            "maxBackoff",
            "1s",
            "backoffMultiplier",
            2.5,
            "retryableStatusCodes",
            // Services never answer UNKNOWN: gRPC says it of a connection that closed while a call was being written to
            // it.
            List.of("UNAVAILABLE", "UNKNOWN"));

    /** Where all instances are away, repeating stops to add load: after 500 failures more than successes. */
    private static final Map<String, Object> THROTTLING = Map.of("maxTokens", 1000.0, "tokenRatio", 1.0);

    private CallPolicy() {}

    /** The service config of a channel on which these services are called. */
    static Map<String, Object> of(List<ServiceDescriptor> services) {
        List<Map<String, ?>> names = services.stream()
                .flatMap(service -> service.getMethods().stream())
                .filter(CallPolicy::mayRepeat)
                .<Map<String, ?>>map(
                        method -> Map.of("service", method.getServiceName(), "method", method.getBareMethodName()))
                .toList();
        List<Map<String, ?>> balancing = List.of(Map.of("round_robin", Map.of()));
        return names.isEmpty()
                ? Map.of("loadBalancingConfig", balancing)
                : Map.of(
                        "loadBalancingConfig",
                        balancing,
                        "retryThrottling",
                        THROTTLING,
                        "methodConfig",
                        List.of(Map.of("name", names, "retryPolicy", REPEATED)));
    }

    private static boolean mayRepeat(MethodDescriptor<?, ?> method) {
        return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier
                && mayRepeat(supplier.getMethodDescriptor());
    }

    /** True if calling twice is as good as calling once. */
    public static boolean mayRepeat(Descriptors.MethodDescriptor method) {
        MethodOptions options = method.getOptions();
        return options.getIdempotencyLevel() != IdempotencyLevel.IDEMPOTENCY_UNKNOWN
                || options.getExtension(Repeat.idempotent)
                || isIdempotent(options.getExtension(AnnotationsProto.http))
                || method.getInputType().findFieldByName(REQUEST_ID) != null;
    }

    private static boolean isIdempotent(HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET, PUT, DELETE -> true;
            case POST, PATCH, CUSTOM, PATTERN_NOT_SET -> false;
        };
    }
}
