package dev.rekindle.platform.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rekindle.platform.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** Serves {@code /health/live}, {@code /health/ready} (also {@code /health}) and {@code /metrics} of one process. */
public final class HealthServer implements AutoCloseable {

    /** Where it listens; port 0 takes a free one. */
    public record Config(String host, int port) {
        public static Config from(Settings settings) {
            Settings health = settings.under("health");
            return new Config(health.text("host", "127.0.0.1"), health.number("port", 0, 0, 65535));
        }
    }

    private final HttpServer server;

    private HealthServer(HttpServer server) {
        this.server = server;
    }

    public static HealthServer start(Config config, Health health, Telemetry telemetry) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(config.host(), config.port()), 16);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext(
                    "/health/live", exchange -> answer(exchange, 200, "application/json", "{\"live\":true}"));
            server.createContext("/health", exchange -> answerHealth(exchange, health));
            server.createContext(
                    "/metrics", exchange -> answer(exchange, 200, "text/plain; version=0.0.4", telemetry.scrape()));
            server.start();
            return new HealthServer(server);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Health cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** The report as JSON: {@code {"ready":true,"degraded":false,"checks":{"postgres":"ok"}}}. */
    public static String json(Health.Report report) {
        return report.checks().entrySet().stream()
                .map(HealthServer::json)
                .collect(Collectors.joining(
                        ",",
                        "{\"ready\":" + report.ready() + ",\"degraded\":" + report.degraded() + ",\"checks\":{",
                        "}}"));
    }

    private static String json(Map.Entry<String, String> check) {
        return "\"" + check.getKey() + "\":\"" + check.getValue() + "\"";
    }

    private static void answerHealth(HttpExchange exchange, Health health) throws IOException {
        try {
            Health.Report report = health.report();
            answer(exchange, report.ready() ? 200 : 503, "application/json", json(report));
        } catch (InterruptedException e) {
            answer(exchange, 503, "application/json", "{\"ready\":false}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
