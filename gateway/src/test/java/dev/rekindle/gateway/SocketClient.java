package dev.rekindle.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The JDK's own WebSocket client, as a test uses it. */
final class SocketClient implements WebSocket.Listener, AutoCloseable {
    private static final int ABNORMAL = 1006;
    private static final long WAIT_SECONDS_MAX = 15;

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();
    private @Nullable WebSocket socket;

    private SocketClient() {}

    static SocketClient connect(GatewayFixture fixture, String... subprotocols) throws Exception {
        URI address = URI.create("ws://127.0.0.1:" + fixture.gateway.port() + "/v1/events/ws");
        return connect(fixture.http(), address, subprotocols);
    }

    static SocketClient connect(HttpClient http, URI address, String... subprotocols) throws Exception {
        SocketClient client = new SocketClient();
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10));
        if (subprotocols.length > 0) {
            builder.subprotocols(subprotocols[0], Arrays.copyOfRange(subprotocols, 1, subprotocols.length));
        }
        client.socket = builder.buildAsync(address, client).get(10, TimeUnit.SECONDS);
        return client;
    }

    String subprotocol() {
        return open().getSubprotocol();
    }

    private WebSocket open() {
        WebSocket known = socket;
        if (known == null) {
            throw new IllegalStateException("It is not connected.");
        }
        return known;
    }

    void send(String text) throws Exception {
        try {
            open().sendText(text, true).get(10, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            if (!closed.isDone() && !open().isOutputClosed()) {
                throw e;
            }
        }
    }

    /** The next message of the server. */
    String next() throws InterruptedException {
        String message = messages.poll(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("No message came; before there were " + received + ", closed: " + closed);
        }
        return message;
    }

    /** All messages so far. */
    List<String> received() {
        return received;
    }

    /** The code with which the server ends the connection. */
    int closed() throws Exception {
        return closed.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            received.add(part.toString());
            messages.add(part.toString());
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.complete(ABNORMAL);
    }

    @Override
    public void close() {
        WebSocket known = socket;
        if (known != null) {
            known.abort();
        }
    }
}
