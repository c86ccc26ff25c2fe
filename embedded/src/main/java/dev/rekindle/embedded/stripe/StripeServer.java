package dev.rekindle.embedded.stripe;

import static dev.rekindle.embedded.stripe.StripeShapes.text;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stand-in for Stripe in this process: the API calls of a shop with plans and top-ups, pages on which a checkout is
 * "paid" and a subscription ended, and signed webhooks. No money moves, and every page says so.
 */
public final class StripeServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StripeServer.class);
    private static final int BODY_BYTES_MAX = 1 << 20;

    /**
     * How it is run.
     *
     * @param port 0 takes a free one
     * @param apiKey the one key it knows
     * @param file where it keeps everything; null: nowhere
     * @param webhook where events are sent; null: nowhere, they are only listed
     */
    public record Config(
            int port,
            String apiKey,
            String webhookSecret,
            @Nullable Path file,
            @Nullable URI webhook) {}

    private record Answered(String request, int status, String body) {}

    private final Config config;
    private final StripeObjects store;
    private final StripeBooks books;
    private final StripeRoutes routes;
    private final @Nullable StripeWebhooks webhooks;
    private final Clock clock;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Answered> answeredByKey = new HashMap<>();
    private int sentCount;

    private StripeServer(Config config, Clock clock) throws IOException {
        this.config = config;
        this.clock = clock;
        store = new StripeObjects(config.file());
        sentCount = store.events().size();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), config.port()), 0);
        books = new StripeBooks(store, clock, this::send);
        routes = new StripeRoutes(store, books, clock, endpoint().toString());
        webhooks =
                config.webhook() == null ? null : new StripeWebhooks(config.webhook(), config.webhookSecret(), clock);
        server.setExecutor(threads);
        server.createContext("/v1/", this::api);
        server.createContext("/pay/", exchange -> page(exchange, this::checkout));
        server.createContext("/portal/", exchange -> page(exchange, this::portal));
    }

    /**
     * Starts one, open at once.
     *
     * @throws IOException if the port cannot be had
     */
    public static StripeServer start(Config config, Clock clock) throws IOException {
        StripeServer made = new StripeServer(config, clock);
        made.server.start();
        return made;
    }

    /** The address, for clients and for people. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void send() {
        List<JsonObject> all = store.events();
        if (webhooks != null) {
            all.subList(Math.min(sentCount, all.size()), all.size()).forEach(webhooks::send);
        }
        sentCount = all.size();
    }

    private void api(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answered answer = answered(exchange);
            reply(exchange, answer.status(), "application/json", answer.body());
        }
    }

    private Answered answered(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String query = exchange.getRequestURI().getRawQuery();
        String body = method.equals("POST") ? read(exchange) : query == null ? "" : query;
        String request = method + " " + exchange.getRequestURI().getPath() + "?" + body;
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        synchronized (books) {
            try {
                authenticate(exchange);
                Answered first = key == null || !method.equals("POST") ? null : answeredByKey.get(key);
                if (first != null) {
                    if (!first.request().equals(request)) {
                        throw new StripeError(
                                400,
                                "idempotency_error",
                                "idempotency_key_in_use",
                                "Keys for idempotent requests can only be used with the same parameters.");
                    }
                    exchange.getResponseHeaders().set("Idempotent-Replayed", "true");
                    return first;
                }
                JsonObject answer =
                        routes.answer(method, exchange.getRequestURI().getPath(), StripeForm.parse(body));
                Answered done = new Answered(request, 200, answer.toString());
                if (key != null && method.equals("POST")) {
                    answeredByKey.put(key, done);
                }
                return done;
            } catch (StripeError e) {
                return new Answered(request, e.status(), e.toJson().toString());
            }
        }
    }

    private void authenticate(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        if (header == null || !header.equals("Bearer " + config.apiKey())) {
            throw new StripeError(401, "invalid_request_error", "api_key_invalid", "Invalid API Key provided.");
        }
    }

    @FunctionalInterface
    private interface Page {
        /** The page; where it starts with a scheme, an address to go to. */
        String show(String id, String action);
    }

    private void page(HttpExchange exchange, Page page) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String id = path.substring(path.lastIndexOf('/') + 1);
            boolean post = exchange.getRequestMethod().equals("POST");
            String action = post ? StripeForm.parse(read(exchange)).text("do", "") : "";
            try {
                String shown;
                synchronized (books) {
                    shown = page.show(id, action);
                }
                if (shown.startsWith("<")) {
                    reply(exchange, 200, "text/html", shown);
                } else {
                    exchange.getResponseHeaders().set("Location", shown);
                    reply(exchange, 303, "text/plain", "");
                }
            } catch (StripeError e) {
                reply(exchange, e.status(), "text/plain", String.valueOf(e.getMessage()));
            }
        }
    }

    private String checkout(String id, String action) {
        JsonObject session = store.get(id);
        return switch (action) {
            case "pay" -> text(books.pay(id), "success_url");
            case "back" -> text(session, "cancel_url");
            case String other -> StripePages.checkout(session);
        };
    }

    private String portal(String id, String action) {
        JsonObject portal = store.get(id);
        JsonObject subscription = books.subscriptionOf(text(portal, "customer"));
        String own = subscription == null ? "" : text(subscription, "id");
        String price = text(portal, "flow_price");
        if (action.isEmpty()) {
            JsonObject next = price.isEmpty() ? null : store.get(price);
            long due = next == null || subscription == null ? 0 : books.dueForChange(subscription, next);
            return StripePages.portal(subscription, next, due);
        }
        if (!own.isEmpty()) {
            act(action, own, price);
        }
        return text(portal, "return_url");
    }

    private void act(String action, String subscription, String price) {
        switch (action) {
            case "change" -> books.changePlan(subscription, price);
            case "cancel" -> books.setEnding(subscription, true);
            case "resume" -> books.setEnding(subscription, false);
            case String other -> log.debug("Nothing to do: {}", other);
        }
    }

    private static String read(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX);
        return new String(body, StandardCharsets.UTF_8);
    }

    private static void reply(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.getResponseHeaders().set("Stripe-Version", StripeShapes.API_VERSION);
        exchange.getResponseHeaders().set("Request-Id", "req_local");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Pays the checkout with this address, as a person would on its page. */
    public void pay(String url) {
        books.pay(url.substring(url.lastIndexOf('/') + 1));
    }

    /** Begins the next period of a subscription. */
    public void renew(String subscriptionId, boolean cardWorks) {
        books.renew(subscriptionId, cardWorks);
    }

    /** A card that failed works again. */
    public void recover(String subscriptionId) {
        books.recover(subscriptionId);
    }

    public void changePlan(String subscriptionId, String priceId) {
        books.changePlan(subscriptionId, priceId);
    }

    public void setEnding(String subscriptionId, boolean ending) {
        books.setEnding(subscriptionId, ending);
    }

    public void end(String subscriptionId) {
        books.end(subscriptionId);
    }

    /** The refund's id. */
    public String refund(String paymentIntentId, long cents) {
        return text(books.refund(paymentIntentId, cents), "id");
    }

    /** The bank sends a refund back. */
    public void failRefund(String refundId) {
        books.failRefund(refundId);
    }

    /** The dispute's id. */
    public String dispute(String paymentIntentId) {
        return text(books.dispute(paymentIntentId), "id");
    }

    public void closeDispute(String disputeId, boolean won) {
        books.closeDispute(disputeId, won);
    }

    /** Begins every period that is due. */
    public void renewDue() {
        books.renewDue();
    }

    /** Ids of a kind of object, oldest first: {@code subscription}, {@code payment_intent}, {@code price}. */
    public List<String> ids(String kind) {
        synchronized (books) {
            return store.all(kind, object -> true).stream()
                    .map(object -> text(object, "id"))
                    .toList();
        }
    }

    /** All events as they are sent, oldest first. */
    public List<String> events() {
        synchronized (books) {
            return store.events().stream().map(JsonObject::toString).toList();
        }
    }

    /** The header Stripe-Signature for a payload, made now. */
    public String signature(String payload) {
        return StripeWebhooks.signature(
                payload, config.webhookSecret(), clock.instant().getEpochSecond());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        if (webhooks != null) {
            webhooks.close();
        }
    }
}
