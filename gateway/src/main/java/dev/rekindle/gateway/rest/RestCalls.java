package dev.rekindle.gateway.rest;

import com.google.protobuf.Message;
import dev.rekindle.gateway.call.Contract.Rpc;
import dev.rekindle.gateway.call.Deadlines;
import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import org.jspecify.annotations.Nullable;

/** Calls to the mesh from threads that block. They go out in the name of the present exchange's caller. */
final class RestCalls {
    private final Mesh mesh;
    private final Deadlines deadlines;

    RestCalls(Mesh mesh, Deadlines deadlines) {
        this.mesh = mesh;
        this.deadlines = deadlines;
    }

    /** One request, one answer. */
    Message unary(Rpc rpc, Message request) {
        return unary(rpc.method(), request);
    }

    /** One request, one answer. */
    <Q, R> R unary(MethodDescriptor<Q, R> method, Q request) {
        return ClientCalls.blockingUnaryCall(channel(method), method, deadlines.unary(null), request);
    }

    /** One request, many answers: they are taken one by one. */
    <Q, R> BlockingClientCall<Q, R> serverStreaming(
            MethodDescriptor<Q, R> method, Q request, @Nullable Identity caller) {
        return ClientCalls.blockingV2ServerStreamingCall(
                channel(method), method, deadlines.stream(null, caller), request);
    }

    /** Many requests, one answer: a request is sent when the service can take it. */
    <Q, R> BlockingClientCall<Q, R> clientStreaming(MethodDescriptor<Q, R> method, @Nullable Identity caller) {
        return ClientCalls.blockingClientStreamingCall(channel(method), method, deadlines.stream(null, caller));
    }

    private Channel channel(MethodDescriptor<?, ?> method) {
        String service = method.getServiceName();
        if (service == null) {
            throw new IllegalArgumentException(method.getFullMethodName() + " has no service");
        }
        return mesh.channel(service);
    }
}
