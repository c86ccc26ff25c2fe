package dev.rekindle.gateway.rest;

import com.google.gson.JsonPrimitive;
import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Reasons;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the client of a WebSocket. Several subscriptions write; each waits until its message is on its way, so a
 * slow client holds its own subscriptions back and nothing piles up here.
 */
final class SocketWriter {
    private static final int REASON_LENGTH_MAX = 100;

    private final WebSocketWriter out;
    private final Duration stallMax;
    private final ReentrantLock lock = new ReentrantLock();

    SocketWriter(WebSocketWriter out, Duration stallMax) {
        this.out = out;
        this.stallMax = stallMax;
    }

    /** A message about the connection itself. */
    void send(String type) throws InterruptedException {
        send(type, null, "", "");
    }

    /** A message about a subscription, or about the connection where the name is null. */
    void send(String type, @Nullable String subscription) throws InterruptedException {
        send(type, subscription, "", "");
    }

    /**
     * A message with a field that is JSON already.
     *
     * @throws Failure CANCELLED if the client has gone or takes nothing any more
     */
    void send(String type, @Nullable String subscription, String field, String json) throws InterruptedException {
        StringBuilder text = new StringBuilder(json.length() + 64);
        text.append("{\"type\":\"").append(type).append('"');
        if (subscription != null) {
            text.append(",\"subscription\":").append(new JsonPrimitive(subscription));
        }
        if (!field.isEmpty()) {
            text.append(",\"").append(field).append("\":").append(json);
        }
        text.append('}');
        lock.lockInterruptibly();
        try {
            if (!out.tryWrite(text.toString())) {
                throw gone("The client went away.");
            }
            out.whenConsumed().get(stallMax.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw gone(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            out.abort();
            throw gone("The client took nothing for " + stallMax + ".");
        } finally {
            lock.unlock();
        }
    }

    /** Answers a ping of the protocol itself. */
    void pong(byte[] payload) {
        if (out.isOpen()) {
            out.writePong(payload);
        }
    }

    /** Ends the connection; the status says why. */
    void close(Failure failure) {
        WebSocketCloseStatus status = switch (Reasons.httpStatusOf(failure.reason())) {
            case 400 -> WebSocketCloseStatus.POLICY_VIOLATION;
            case 401 -> WebSocketCloseStatus.ofPrivateUse(4401, "Unauthenticated");
            case 403 -> WebSocketCloseStatus.ofPrivateUse(4403, "Permission denied");
            case 413 -> WebSocketCloseStatus.MESSAGE_TOO_BIG;
            case 429 -> WebSocketCloseStatus.TRY_AGAIN_LATER;
            case 503 -> WebSocketCloseStatus.SERVICE_RESTART;
            default -> WebSocketCloseStatus.INTERNAL_SERVER_ERROR;
        };
        String reason = failure.message();
        out.close(status, reason.length() > REASON_LENGTH_MAX ? reason.substring(0, REASON_LENGTH_MAX) : reason);
    }

    /** Runs when all is sent, or can be sent no more. */
    void onEnd(Runnable action) {
        var _ = out.whenComplete().whenComplete((_, _) -> action.run());
    }

    /** Ends the connection as agreed. */
    void close() {
        out.close();
    }

    private static Failure gone(String detail) {
        return Failure.of(Reason.REASON_CANCELLED, "The caller went away.").withDetail(detail, null);
    }
}
