package dev.rekindle.processing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Where webhooks of a stand-in arrive in place of a gateway: what stands after the address goes on as a token. */
public final class Ears implements AutoCloseable {
    private static final String PATH = "/hooks/";

    private final HttpServer server;
    private final Consumer<String> onToken;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private Ears(HttpServer server, Consumer<String> onToken) {
        this.server = server;
        this.onToken = onToken;
    }

    public static Ears open(Consumer<String> onToken) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Ears ears = new Ears(server, onToken);
        server.createContext(PATH, ears::hear);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return ears;
    }

    private void hear(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            String token = exchange.getRequestURI().getPath().substring(PATH.length());
            onToken.accept(token);
            exchange.sendResponseHeaders(200, -1);
            heard.add(token);
        }
    }

    /** The address without a token. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hooks";
    }

    /** The tokens that came, and went on. */
    public List<String> heard() {
        return heard;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
