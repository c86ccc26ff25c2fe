package dev.rekindle.gateway.grpc;

import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.UnaryOperator;

/**
 * One call on its way through: what the client sends goes on to the service, what the service answers goes back. Either
 * side is asked for its next message only when the other can take it, so nothing piles up here. All methods run on the
 * event loop of the call.
 *
 * @param <Q> request
 * @param <R> answer
 */
final class GrpcRelay<Q, R> {
    private final ServerCall<Q, R> client;
    private final ClientCall<Q, R> service;
    private final UnaryOperator<Failure> explain;
    private boolean requestWanted;
    private boolean answerWanted;
    private boolean ended;

    GrpcRelay(ServerCall<Q, R> client, ClientCall<Q, R> service, UnaryOperator<Failure> explain) {
        this.client = client;
        this.service = service;
        this.explain = explain;
    }

    void start(Metadata headers) {
        service.start(new Answers(), headers);
        client.request(1);
        service.request(1);
    }

    ServerCall.Listener<Q> requests() {
        return new Requests();
    }

    /** Ends the call in both directions. */
    void breakOff(Failure failure) {
        service.cancel(failure.message(), null);
        end(failure);
    }

    private void end(Failure failure) {
        StatusRuntimeException status = Failures.toStatus(failure);
        Metadata trailers = status.getTrailers();
        close(status.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    private void close(Status status, Metadata trailers) {
        if (!ended) {
            ended = true;
            client.close(status, trailers);
        }
    }

    /** What the client sends. */
    private final class Requests extends ServerCall.Listener<Q> {
        @Override
        public void onMessage(Q message) {
            service.sendMessage(message);
            if (service.isReady()) {
                client.request(1);
            } else {
                requestWanted = true;
            }
        }

        @Override
        public void onHalfClose() {
            service.halfClose();
        }

        @Override
        public void onCancel() {
            ended = true;
            service.cancel("The caller went away.", null);
        }

        @Override
        public void onReady() {
            if (answerWanted) {
                answerWanted = false;
                service.request(1);
            }
        }
    }

    /** What the service answers. */
    private final class Answers extends ClientCall.Listener<R> {
        @Override
        public void onHeaders(Metadata headers) {
            if (!ended) {
                client.sendHeaders(new Metadata());
            }
        }

        @Override
        public void onMessage(R message) {
            if (ended) {
                return;
            }
            client.sendMessage(message);
            if (client.isReady()) {
                service.request(1);
            } else {
                answerWanted = true;
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (status.isOk()) {
                close(Status.OK, new Metadata());
            } else {
                end(explain.apply(WireFailures.of(status.asRuntimeException(trailers))));
            }
        }

        @Override
        public void onReady() {
            if (requestWanted) {
                requestWanted = false;
                client.request(1);
            }
        }
    }
}
