package dev.rekindle.platform.rpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.rekindle.platform.Ids;
import io.grpc.MethodDescriptor;

/**
 * Gives requests to create something that can carry a {@code request_id} and have none an id of their own. However often
 * the call is then sent again, it is done once. Elsewhere a missing id has a meaning: whatever there is already.
 */
final class RepeatIds {
    private static final String REQUEST_ID = "request_id";
    /** How methods of the contracts are called that create. */
    private static final String CREATE = "Create";

    private RepeatIds() {}

    @SuppressWarnings("unchecked") // a builder builds what it was made from
    static <Q> Q give(MethodDescriptor<Q, ?> method, Q request, Ids ids) {
        boolean creates = String.valueOf(method.getBareMethodName()).startsWith(CREATE);
        if (!creates || !(request instanceof Message message)) {
            return request;
        }
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(REQUEST_ID);
        if (field == null || !String.valueOf(message.getField(field)).isEmpty()) {
            return request;
        }
        return (Q) message.toBuilder().setField(field, ids.next().toString()).build();
    }
}
