package dev.rekindle.events;

import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** A receiver of webhooks and pushes on loopback, which answers as a test says. */
final class Receiver implements AutoCloseable {
    /**
     * What came in.
     *
     * @param headers by names in lower case
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Received(String path, Map<String, List<String>> headers, byte[] bytes) {
        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return Objects.requireNonNull(headers.get(name)).getFirst();
        }

        String id() {
            return header("webhook-id");
        }

        /** Throws where the library of Standard Webhooks does not take it. */
        void verify(String secret) {
            try {
                new Webhook(secret).verify(body(), headers);
            } catch (Exception e) {
                throw new AssertionError("The library refuses it", e);
            }
        }
    }

    /** One answer. */
    record Answer(int status, Map<String, String> headers, String body) {
        static Answer of(int status) {
            return new Answer(status, Map.of(), "");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private volatile Answer answer = Answer.of(204);
    private volatile Consumer<Received> onRequest = one -> {};

    Receiver() {
        this(0);
    }

    Receiver(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, List<String>> headers = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
            Received one = new Received(
                    exchange.getRequestURI().getPath(),
                    headers,
                    exchange.getRequestBody().readAllBytes());
            Answer given = answer;
            received.add(one);
            onRequest.accept(one);
            given.headers().forEach(exchange.getResponseHeaders()::add);
            byte[] body = given.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(given.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** From now on it answers this. */
    void answers(Answer given) {
        answer = given;
    }

    void answers(int status) {
        answers(Answer.of(status));
    }

    /** Runs this before each answer. */
    void onRequest(Consumer<Received> action) {
        onRequest = action;
    }

    List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
